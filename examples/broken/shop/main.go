// Shop prints a price; nothing is wrong with the code itself.
package main

import "fmt"

func main() {
	fmt.Println("9.90")
}
