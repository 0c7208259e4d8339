using System.Globalization;
using System.Text;
using MocoSharp.Embeddings;
using MocoSharp.Imaging.Datasets;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>What a search for duplicates found, for people and as a table.</summary>
internal static class DuplicatesReport
{
    private const int ShownGroups = 20, NamedUnreadable = 20;

    internal static void Show(IAnsiConsole people, DuplicatesResult result)
    {
        TextWriter lines = people.Profile.Out.Writer;
        if (result.Groups.Count > 0) people.Write(Groups(people, result));
        if (result.Groups.Count > ShownGroups)
            lines.WriteLine($"and {Numbers.Count(result.Groups.Count - ShownGroups)} more groups: --csv and -o have all");
        foreach (UnreadablePicture bad in result.Unreadable.Take(NamedUnreadable)) lines.WriteLine($"cannot read {bad.Name}: {bad.Reason}");
        if (result.Unreadable.Count > NamedUnreadable)
            lines.WriteLine($"and {Numbers.Count(result.Unreadable.Count - NamedUnreadable)} more unreadable pictures: --json has all");
        int copies = result.Groups.Sum(static group => group.Pictures.Count - 1);
        lines.WriteLine($"{Numbers.Plural(result.Pictures, "picture", "pictures")}: "
            + $"{Numbers.Plural(result.Groups.Count, "group", "groups")}, "
            + $"{Numbers.Plural(copies, "picture", "pictures")} more than one of each");
        lines.WriteLine($"compared by pixels: {Numbers.Plural(result.Compared, "pair", "pairs")}, down to a cosine of "
            + $"{Four(result.Threshold)}{(result.IsChosen ? ", chosen on the data" : "")}; the same from a correlation of "
            + $"{Numbers.Fixed(result.Correlation)} on: {Numbers.Plural(result.Confirmed, "pair", "pairs")}"
            + (result.LowestSame is { } lowest ? $", with a cosine of {Four(lowest)} or more" : ""));
        foreach (string left in Left(result)) lines.WriteLine(left);
    }

    /// <summary>A line a pair.</summary>
    internal static string Table(DuplicatesResult result)
    {
        StringBuilder text = new("group,first,second,why,similarity,correlation\n");
        foreach ((int number, DuplicateGroup group) in result.Groups.Index())
            foreach (DuplicatePair pair in group.Pairs)
                text.Append(CultureInfo.InvariantCulture, $"{number + 1},{Csv.Field(Name(group.Pictures[pair.First]))},")
                    .Append(CultureInfo.InvariantCulture, $"{Csv.Field(Name(group.Pictures[pair.Second]))},{Csv.Field(pair.Why)},")
                    .Append(CultureInfo.InvariantCulture, $"{Four(pair.Similarity)},{Four(pair.Correlation)}\n");
        return text.ToString();
    }

    private static Table Groups(IAnsiConsole people, DuplicatesResult result)
    {
        Table table = Terminal.NewTable(people, [("group", true), ("first", false), ("second", false), ("why", false), ("cosine", true),
            ("pixels", true)]);
        foreach ((int number, DuplicateGroup group) in result.Groups.Take(ShownGroups).Index())
            foreach (DuplicatePair pair in group.Pairs)
                table.AddRow(new Text(Numbers.Count(number + 1)), new Text(Name(group.Pictures[pair.First])),
                    new Text(Name(group.Pictures[pair.Second])), new Text(pair.Why), new Text(Four(pair.Similarity)),
                    new Text(Four(pair.Correlation)));
        return table;
    }

    private static IEnumerable<string> Left(DuplicatesResult result)
    {
        if (result.Between > 0) yield return $"{Numbers.Plural(result.Between, "pair of the same is", "pairs of the same are")} in no "
            + "group: one picture is not the same as all of the other's group";
        if (result.Crowded > 0) yield return $"{Numbers.Plural(result.Crowded, "picture has", "pictures have")} more than "
            + $"{DuplicatesResult.Neighbors} neighbors as alike as that; only the nearest were compared";
        if (result.Flat > 0)
            yield return $"{Numbers.Plural(result.Flat, "picture is", "pictures are")} of one gray: only equal pixels tell";
        if (result.Absent > 0) yield return $"{Numbers.Plural(result.Absent, "row has", "rows have")} no embedding";
        if (result.NotInData > 0)
            yield return $"{Numbers.Plural(result.NotInData, "row is", "rows are")} of no picture in the data set, or of an earlier row's";
        if (result.NotInFile > 0) yield return $"{Numbers.Plural(result.NotInFile, "picture has", "pictures have")} no row in the file and "
            + $"{(result.NotInFile == 1 ? "was" : "were")} not compared: embed the data set anew";
        if (result.Unreadable.Count > 0)
            yield return $"{Numbers.Plural(result.Unreadable.Count, "picture", "pictures")} could not be read";
    }

    private static string Name(DuplicatePicture picture) => picture.IsAgainst ? $"{picture.Name} (other set)" : picture.Name;

    private static string Four(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";
}
