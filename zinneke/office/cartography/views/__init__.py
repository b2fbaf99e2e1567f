"""The pages of the map: `reading` shows, `writing` takes what people type."""
