"""Write the report for management as data: sections, and figures that each lead back to rows."""
