"""What a Go program prints when it ends: lines in, Crashes out.

`header`, `frames` and `stack` read one goroutine, `groups` many at once, `reader` puts the report together. Nothing
here knows what carried the lines. Every form is one that golang/go src/runtime prints in some release from 1.0 to 1.27.
"""
