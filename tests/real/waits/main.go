// Waits in the way that its argument names, until it is told to quit.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"
)

type account struct {
	name string
	mu   sync.Mutex
	sum  int
}

func (a *account) transfer(b *account, ready *sync.WaitGroup) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ready.Done()
	ready.Wait()
	b.deposit(1)
	a.sum--
}

func (a *account) deposit(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum += n
}

func (a *account) again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deposit(2)
}

type table struct {
	rows map[string]int
	mu   sync.RWMutex
}

func (t *table) read(within func()) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	within()
	return len(t.rows)
}

func (t *table) write(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[key]++
}

func (t *table) hold() {
	t.mu.Lock()
	defer t.mu.Unlock()
	time.Sleep(time.Hour)
	t.rows["x"]++
}

type queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []int
}

func (q *queue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	return q.items[0]
}

func worker(wg *sync.WaitGroup, jobs chan int) {
	defer wg.Done()
	for range jobs {
	}
}

func produce(to chan<- int) { to <- 1 }

func spin(wg *sync.WaitGroup, n *int) {
	defer wg.Done()
	for {
		*n = (*n * 31) % 1000003
	}
}

func main() {
	switch os.Args[1] {
	case "cycle":
		a, b := &account{name: "a"}, &account{name: "b"}
		var ready sync.WaitGroup
		ready.Add(2)
		go a.transfer(b, &ready)
		go b.transfer(a, &ready)
	case "self":
		go (&account{name: "a"}).again()
	case "many":
		t := &table{rows: map[string]int{}}
		go t.hold()
		time.Sleep(100 * time.Millisecond)
		for i := 0; i < 20; i++ {
			go t.write("a")
			go t.read(func() {})
		}
	case "rwmutex":
		t := &table{rows: map[string]int{}}
		go t.read(func() {
			go t.write("a")
			time.Sleep(200 * time.Millisecond)
			t.read(func() {})
		})
	case "waitgroup":
		go func() {
			var wg sync.WaitGroup
			jobs := make(chan int)
			for i := 0; i < 3; i++ {
				wg.Add(1)
				go worker(&wg, jobs)
			}
			wg.Wait()
			fmt.Println(jobs)
		}()
	case "channel":
		for i := 0; i < 4; i++ {
			go produce(make(chan int))
		}
		go func() { var never chan int; <-never }()
		go func() { select {} }()
	case "child":
		go exec.Command("sleep", "1000").Run()
		go exec.Command("sleep", "1000").Output()
	case "cond":
		q := &queue{}
		q.cond = sync.NewCond(&q.mu)
		go q.take()
	case "leak":
		c := make(chan int)
		for i := 0; i < 3000; i++ {
			go produce(c)
		}
	case "busy":
		go func() {
			var wg sync.WaitGroup
			wg.Add(1)
			n := new(int)
			go spin(&wg, n)
			wg.Wait()
			println(*n)
		}()
	}
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
}
