internal import Bindings
internal import LineEditor
internal import LuaHost
internal import LuaSyntax
internal import Posix
internal import VSphere

extension Prompt {
    /// Carries out a line with a dot.
    func perform(_ command: DotCommand, show: (String) -> Void) {
        switch command {
        case .help(nil): show(DotCommand.helpText(width: world.output.width) + "\n")
        case .help(let name?): show(help(name) + "\n")
        case .load(let path): load(path, show: show)
        case .save(let path): save(path)
        case .time(let isOn):
            showsTime = isOn ?? !showsTime
            say([showsTime ? "times are shown" : "times are not shown"])
        case .exit: isOver = true
        case .reconnect:
            for error in runtime.reconnect() { say([World.warning(error.description)]) }
            say(wrapped(["the sessions are closed; the next call logs in again"]))
        case .wrong(let problem): say(wrapped([problem]).map { theme.paint($0, .error) })
        }
    }

    private func help(_ name: String) -> String {
        let width = min(world.output.width, 100)
        let found = Reference.find(name, in: FunctionSpec.all)
        switch found.count {
        case 0: return "nothing here is about \(LuaLiteral.quoted(name)); help() lists all"
        case 1: return Reference.text(for: found[0], width: width)
        default: return Reference.overview(found, width: width)
        }
    }

    private func load(_ path: String, show: (String) -> Void) {
        do throws(PosixError) {
            let contents = try world.readFile(path, 16 << 20)
            tell(evaluation.run(file: path, contents.text), show: show)
        } catch {
            say([theme.paint(error.description, .error)])
        }
    }

    private func save(_ path: String) {
        do throws(PosixError) {
            guard try !exists(path) else {
                return say([theme.paint("\(path) is there already", .error)])
            }
            let lines = evaluation.worked.map { $0 + "\n" }
            try world.replacePrivateFile(path, Array(lines.joined().utf8))
            say(["\(lines.count) inputs are in \(path)"])
        } catch {
            say([theme.paint(error.description, .error)])
        }
    }

    private func exists(_ path: String) throws(PosixError) -> Bool {
        do throws(PosixError) {
            _ = try world.readFile(path, 0)
            return true
        } catch {
            if error.isTooLarge { return true }
            if error.isNotFound { return false }
            throw error
        }
    }
}
