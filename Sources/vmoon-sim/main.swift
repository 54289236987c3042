import Posix
import Simulator

World.end(Program.run(Array(CurrentProcess.arguments.dropFirst())))
