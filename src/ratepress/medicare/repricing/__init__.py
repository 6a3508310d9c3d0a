"""What Medicare's physician fee schedule allows for a file of claim lines, fast and by the line."""
