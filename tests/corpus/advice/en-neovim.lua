local lspconfig = require('lspconfig')
lspconfig.gopls.setup({
  cmd = { 'gopls', '-remote=auto', '--heap-cap', '2GB' },
  cmd_env = { GOFLAGS = '-tags=e2e', GOPLS_FAST = '1' },
  flags = { debounce_text_changes = 150 },
  settings = {
    gopls = {
      analyses = { unusedparams = true },
      staticcheck = true, -- slow
      ["ui.inlayHints"] = { parameterNames = true },
      maxGoroutines = 8,
    },
  },
})
