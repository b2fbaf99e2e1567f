"""The Smart City Office: the tools of those who steer."""
