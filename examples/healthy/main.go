// Healthy is a module in which the doctor finds nothing: what it does find is about the machine.
package main

import "fmt"

func main() {
	fmt.Println("9.90")
}
