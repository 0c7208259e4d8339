using System.Globalization;
using System.Text;
using MocoSharp.Auditing;
using MocoSharp.Imaging.Datasets;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>What an audit found, for people and as a table.</summary>
internal static class AuditReport
{
    private const int NamedOfAKind = 3, NamedUnreadable = 20, ShownClasses = 30;

    internal static void Show(IAnsiConsole people, AuditResult result)
    {
        TextWriter lines = people.Profile.Out.Writer;
        foreach (string note in result.Notes.Distinct()) lines.WriteLine(note);
        AuditFinding[] bad = [.. result.Findings.Where(static one => one.Kind == AuditKind.Unreadable)];
        foreach (AuditFinding one in bad.Take(NamedUnreadable)) lines.WriteLine($"cannot read {one.Picture}: {one.Note}");
        if (bad.Length > NamedUnreadable)
            lines.WriteLine($"and {Numbers.Count(bad.Length - NamedUnreadable)} more unreadable pictures: --csv and --json have all");
        if (result.Classes.Count > 0) lines.WriteLine(Classes(result.Classes));
        if (result.Findings.Count > 0) people.Write(Kinds(people, result));
        lines.WriteLine($"{Numbers.Plural(result.Pictures, "picture", "pictures")}: "
            + $"{Numbers.Plural(result.Findings.Count, "finding", "findings")}; nothing was changed");
        foreach (string line in Embedded(result)) lines.WriteLine(line);
        foreach (NotAudited left in result.NotAudited)
        {
            lines.WriteLine($"not looked at: {left.What}");
            foreach (string command in left.How) lines.WriteLine($"  {command}");
        }
    }

    /// <summary>A line a finding.</summary>
    internal static string Table(AuditResult result)
    {
        StringBuilder text = new("kind,picture,label,value,limit,limit_from,note,others\n");
        foreach (AuditFinding one in result.Findings)
            text.Append(CultureInfo.InvariantCulture, $"{AuditKinds.Name(one.Kind)},{Csv.Field(one.Picture ?? "")},")
                .Append(CultureInfo.InvariantCulture, $"{Csv.Field(one.Label ?? "")},{one.Value:0.######},{one.Limit:0.######},")
                .Append(CultureInfo.InvariantCulture, $"{Csv.Field(one.LimitFrom)},{Csv.Field(one.Note)},")
                .Append(CultureInfo.InvariantCulture, $"{Csv.Field(string.Join('\n', one.Others.Select(Name)))}\n");
        return text.ToString();
    }

    private static Table Kinds(IAnsiConsole people, AuditResult result)
    {
        Table table = Terminal.NewTable(people, [("kind", false), ("count", true), ("first", false), ("limit", false)]);
        foreach (IGrouping<AuditKind, AuditFinding> kind in result.Findings.GroupBy(static one => one.Kind))
        {
            AuditFinding[] all = [.. kind];
            string first = string.Join(", ", all.Take(NamedOfAKind).Select(First));
            string limits = string.Join("; ", all.Where(static one => one.Limit is not null)
                .Select(static one => $"{AuditKinds.Text(one.Limit!.Value)} ({one.LimitFrom})").Distinct());
            table.AddRow(new Text(AuditKinds.Name(kind.Key)), new Text(Numbers.Count(all.Length)),
                new Text(all.Length > NamedOfAKind ? $"{first}, …" : first), new Text(limits));
        }
        return table;
    }

    private static string First(AuditFinding one) => (one.Picture ?? one.Label) + (one.Kind switch
    {
        AuditKind.Unreadable => "",
        AuditKind.Duplicate or AuditKind.NearDuplicate or AuditKind.Leak => $" ({one.Note}: {Name(one.Others[0])})",
        AuditKind.LabelConflict => $" ({one.Label}; {one.Others[0].Label}: {Name(one.Others[0])})",
        AuditKind.LabelSuspect => $" ({one.Label}; {one.Note})",
        _ => $" ({AuditKinds.Text(one.Value!.Value)})",
    });

    private static string Classes(IReadOnlyList<AuditClass> classes)
    {
        bool isTested = classes.Any(static one => one.TestPictures > 0);
        string counts = string.Join(", ", classes.Take(ShownClasses).Select(one => $"{one.Name} {Numbers.Count(one.Pictures)}"
            + (isTested ? $" + {Numbers.Count(one.TestPictures)}" : "")));
        return $"{Numbers.Plural(classes.Count, "class", "classes")}{(isTested ? ", pictures to learn from + to test on" : "")}: {counts}"
            + (classes.Count > ShownClasses ? ", …" : "");
    }

    private static IEnumerable<string> Embedded(AuditResult result)
    {
        if (result.AgainstUnreadable > 0) yield return
            $"{Numbers.Plural(result.AgainstUnreadable, "picture", "pictures")} of the other set could not be read";
        if (result.Embedded is not { } embedded) yield break;
        if (embedded.Judged > 0)
            yield return $"neighbors agree with the label of {Numbers.Share((double)embedded.Agreeing / embedded.Judged)} of "
                + $"{Numbers.Plural(embedded.Judged, "picture", "pictures")}: the lower this is, the less a label suspect means";
        if (embedded.NotJudged > 0)
            yield return $"{Numbers.Plural(embedded.NotJudged, "label was", "labels were")} not held against the neighbors: their classes "
                + $"have {Numbers.Count(embedded.Neighbors)} different pictures or fewer";
        if (embedded.Absent > 0) yield return $"{Numbers.Plural(embedded.Absent, "row has", "rows have")} no embedding";
        if (embedded.NotInData > 0)
            yield return $"{Numbers.Plural(embedded.NotInData, "row is", "rows are")} of no picture in the data set, or of an earlier row's"
                + (embedded.FirstNotInData.Count > 0 ? $": {string.Join(", ", embedded.FirstNotInData)}" : "");
        if (embedded.NotInFile > 0)
            yield return $"{Numbers.Plural(embedded.NotInFile, "picture has", "pictures have")} no row in the file: "
                + "only pixels were looked at; embed the data set anew";
    }

    private static string Name(AuditOther other) => other.IsAgainst ? $"{other.Name} (other set)" : other.Name;
}
