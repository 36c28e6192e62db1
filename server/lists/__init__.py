"""Lists from files: reading CSV and XLSX, understanding what stands in them, and telling what was refused."""
