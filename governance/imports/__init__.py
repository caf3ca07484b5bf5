"""Read what the organisation exports about itself: people, devices, subnets, systems and survey answers."""
