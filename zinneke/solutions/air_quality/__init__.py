"""Air quality: what stations measure, told as the Belgian and the European index, with alerts where the law sets a threshold."""
