/// The forms that a report has.
enum ReportForm: CaseIterable {
    case html, csv, markdown, junit

    /// The option that asks for it.
    var option: Option {
        switch self {
        case .html: .htmlFile
        case .csv: .csvFile
        case .markdown: .markdownFile
        case .junit: .junitFile
        }
    }

    /// The beginning of every file of this form: another file is not replaced.
    var beginning: String {
        switch self {
        case .html: HTMLReport.beginning
        case .csv: CSVReport.beginning
        case .markdown: MarkdownReport.beginning
        case .junit: JUnitReport.beginning
        }
    }

    /// Writes a report in this form.
    func write(_ report: Report, to output: inout ReportOutput) {
        switch self {
        case .html: HTMLReport(report: report).write(to: &output)
        case .csv: CSVReport(report: report).write(to: &output)
        case .markdown: MarkdownReport(report: report).write(to: &output)
        case .junit: JUnitReport(report: report).write(to: &output)
        }
    }
}
