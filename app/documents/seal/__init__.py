"""The company's seal on a paper: made, time-stamped, read back, and compared with what the office keeps."""
