"""What the program does. An engine yields typed events and prints nothing."""
