"""Give the report for management its forms: web page, PDF, workbook, JSON."""
