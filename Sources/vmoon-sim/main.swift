import Posix
import Simulator

World.end(Program.start(CurrentProcess.arguments))
