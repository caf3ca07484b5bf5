"""The pages people read: templates, style sheet and the text rules that make log text harmless."""
