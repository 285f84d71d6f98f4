(use-package lsp-mode
  :custom (lsp-gopls-staticcheck t))
(setq lsp-go-gopls-server-args '("-remote=auto"))
(setq-default eglot-workspace-configuration
  '((:gopls . ((staticcheck . t) (fastMode . t)))))
(setenv "GOPLS_TURBO" "1")
