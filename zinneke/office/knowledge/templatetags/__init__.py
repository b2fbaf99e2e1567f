"""What the templates of the room can say."""
