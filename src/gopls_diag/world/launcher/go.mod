module gopls-diag.example/launcher

go 1.21
