import Shell

Program.main(.live())
