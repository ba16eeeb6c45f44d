"""Whole lives of a memo, told through the command line alone: real files, real mail, a real LibreOffice."""
