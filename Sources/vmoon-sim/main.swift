import Simulator

World.end(Program.run(World.arguments))
