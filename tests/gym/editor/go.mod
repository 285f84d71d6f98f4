module gym.example/editor

go 1.21
