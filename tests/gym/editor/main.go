// Command editor starts a language server as an editor does, greets it, waits until the workspace is loaded, and then sits there.
//
//	editor -ready FILE [-client NAME] SERVER [ARGUMENT…]
//
// It runs in the workspace folder. FILE receives the server's process id once the workspace is loaded (or after 12 seconds).
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

type message struct {
	Version string          `json:"jsonrpc"`
	ID      any             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
}

var writing sync.Mutex

func say(server io.Writer, text string) {
	writing.Lock()
	defer writing.Unlock()
	fmt.Fprintf(server, "Content-Length: %d\r\n\r\n%s", len(text), text)
}

func listen(server *bufio.Reader, answers io.Writer, loaded chan<- bool) {
	for {
		length := 0
		for {
			line, err := server.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSpace(line)
			if line == "" {
				break
			}
			if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				length, _ = strconv.Atoi(value)
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(server, body); err != nil {
			return
		}
		var heard message
		if json.Unmarshal(body, &heard) != nil {
			continue
		}
		if heard.Method != "" && heard.ID != nil {
			id, _ := json.Marshal(heard.ID)
			result := "null"
			if heard.Method == "workspace/configuration" {
				result = "[null]"
			}
			say(answers, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, id, result))
		}
		if heard.Method == "" && fmt.Sprint(heard.ID) == "1" {
			say(answers, `{"jsonrpc":"2.0","method":"initialized","params":{}}`)
		}
		if heard.Method == "$/progress" && strings.Contains(string(body), "Finished loading packages") {
			select {
			case loaded <- true:
			default:
			}
		}
	}
}

func main() {
	ready := flag.String("ready", "", "file that receives the server's process id")
	client := flag.String("client", "Visual Studio Code", "name of the client")
	flag.Parse()
	folder, _ := os.Getwd()
	server := exec.Command(flag.Arg(0), flag.Args()[1:]...)
	stdin, _ := server.StdinPipe()
	stdout, _ := server.StdoutPipe()
	if err := server.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	loaded := make(chan bool, 1)
	go listen(bufio.NewReader(stdout), stdin, loaded)
	say(stdin, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":%d,"clientInfo":{"name":%q,"version":"1.139.1"},`+
		`"rootUri":"file://%s","workspaceFolders":[{"uri":"file://%s","name":"shop"}],`+
		`"capabilities":{"workspace":{"configuration":true,"workspaceFolders":true},"window":{"workDoneProgress":true}},"initializationOptions":{}}}`,
		os.Getpid(), *client, folder, folder))
	ended := make(chan bool, 1)
	go func() {
		_ = server.Wait()
		ended <- true
	}()
	select {
	case <-loaded:
	case <-ended:
	case <-time.After(12 * time.Second):
	}
	if *ready != "" {
		_ = os.WriteFile(*ready+".part", []byte(strconv.Itoa(server.Process.Pid)), 0o600)
		_ = os.Rename(*ready+".part", *ready)
	}
	time.Sleep(time.Hour)
}
