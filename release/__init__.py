"""What a release is made with: the licences of what is installed, and a bill of materials."""
