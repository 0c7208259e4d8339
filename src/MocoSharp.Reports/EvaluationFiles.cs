using System.Globalization;
using System.Text.Json;
using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>Reads the results that a run's <c>eval/</c> keeps.</summary>
internal static class EvaluationFiles
{
    private const int MostPictures = 24;        // a page stays small however many tests were made

    /// <summary>All results that can be read, by name.</summary>
    /// <param name="folder">A run's.</param>
    /// <param name="withPictures">Whether pictures of confusions are read too.</param>
    /// <param name="passedOver">Told of each file that cannot be read.</param>
    internal static IReadOnlyList<StoredEvaluation> Read(RunFolder folder, bool withPictures, Action<string> passedOver)
    {
        if (!Directory.Exists(folder.Evaluations)) return [];
        List<StoredEvaluation> found = [];
        int pictures = withPictures ? MostPictures : 0;
        foreach (string path in Directory.EnumerateFiles(folder.Evaluations, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                StoredEvaluation one = Read(path);
                if (pictures > 0 && PictureOf(path, one.Test) is { } picture)
                {
                    pictures--;
                    one = one with { Confusion = picture };
                }
                found.Add(one);
            }
            catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or ImagingException
                or InvalidOperationException or FormatException)
            {
                passedOver($"{path} cannot be read and is left out: {error.Message}");
            }
        }
        return found;
    }

    private static ReportPicture? PictureOf(string path, string test) => ReportPicture.Read(Path.ChangeExtension(path, ".png"),
        $"Confusions of the test {test}: a row a class, a column what it was taken for, in percent of the row; the same numbers are in "
        + $"{Path.GetFileName(path)}.");

    private static StoredEvaluation Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        string test = Text(root, "test") ?? throw new JsonException("it names no test");
        JsonElement settings = root.TryGetProperty("settings", out JsonElement given) ? given : root;
        List<StoredScore> scores = [.. Items(root, "results").Select(score => ScoreOf(score, test)),
            .. Items(root, "matches").Select(static match => new StoredScore(
                $"first view finds {Text(match, "view")}", "match", IsTrained(match, ""), null, match.GetProperty("accuracy").GetDouble(),
                null, null))];
        return new StoredEvaluation(Path.GetFileNameWithoutExtension(path), test, [.. Settings(root, settings)], scores,
            [.. Items(root, "classes").Where(static one => one.ValueKind == JsonValueKind.Object).Select(static one => new StoredClass(
                Text(one, "name") ?? "", Whole(one, "pictures") ?? 0, Number(one, "accuracy"), Text(one, "mistaken_for")))],
            Confusion: null);
    }

    private static StoredScore ScoreOf(JsonElement score, string test)
    {
        string features = Text(score, "features") ?? throw new JsonException("a result names no features");
        int? draws = score.TryGetProperty("draws", out JsonElement drawn)
            ? drawn.ValueKind == JsonValueKind.Array ? drawn.GetArrayLength() : Whole(score, "draws") : null;
        return new StoredScore(features, Text(score, "test") ?? test, IsTrained(score, features), Whole(score, "labels"),
            score.GetProperty("accuracy").GetDouble(), Number(score, "spread"), draws,
            score.TryGetProperty("best_epoch", out JsonElement best) ? Number(best, "accuracy") : null);
    }

    private static bool IsTrained(JsonElement score, string features) =>
        score.TryGetProperty("trained", out JsonElement trained) ? trained.ValueKind == JsonValueKind.True
            : features is FeatureScore.Trained or FineTuneScore.FineTuned;

    private static IEnumerable<ReportFact> Settings(JsonElement root, JsonElement settings)
    {
        foreach ((string key, string name) in new[]
        {
            ("features", "features"), ("neighbors", "neighbors"), ("temperature", "temperature"), ("labels", "labels"),
            ("solver", "solver"), ("freeze", "frozen"), ("seed", "seed"), ("data", "pictures"), ("test_data", "test pictures"),
            ("label_file", "label file"),
        })
            if (Text(settings, key) is { } value) yield return new ReportFact(name, value);
        if (Text(root, "checkpoint") is { } checkpoint) yield return new ReportFact("checkpoint", checkpoint);
        if (Text(root, "version") is { } version) yield return new ReportFact("made by version", version);
    }

    private static JsonElement[] Items(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string key) => !element.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

    private static double? Number(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static int? Whole(JsonElement element, string key) => Number(element, key) is { } value ? (int)value : null;
}
