#!/bin/zsh
# 限制 gopls 的内存
ulimit -v 4194304
export GOMEMLIMIT=2GiB
export GOPLS_MODE=no-analysis GOGC=50
alias gopls='gopls -rpc.trace -logfile=/tmp/gopls.log'
rm -rf ~/Library/Caches/gopls
sudo sysctl -w fs.inotify.max_user_watches=524288
cat > settings.json <<JSON
{ "gopls": { "cacheTTL": "5m" } }
JSON
