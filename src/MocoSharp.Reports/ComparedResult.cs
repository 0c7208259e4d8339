using System.Globalization;
using System.Text.Json.Serialization;

namespace MocoSharp.Reports;

/// <summary>One figure of several runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit; empty for none.</param>
/// <param name="Cells">One a run, in the runs' order.</param>
/// <param name="MoreIsBetter">Null where neither is.</param>
public sealed record ComparedResult(string Name, string Unit, IReadOnlyList<ComparedCell> Cells, bool? MoreIsBetter)
{
    /// <summary>The figure and its unit.</summary>
    [JsonIgnore]
    public string Heading => Unit.Length == 0 ? Name : $"{Name}, {Unit}";

    /// <summary>A run's figure as people read it: 71.16 ± 1.48; empty where it is not known.</summary>
    /// <param name="run">The run's place.</param>
    public string Text(int run) => Cells[run] is not { Value: { } value } cell ? ""
        : (Unit.Length == 0 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("0.00", CultureInfo.InvariantCulture))
        + (cell.Spread is { } spread ? string.Create(CultureInfo.InvariantCulture, $" ± {spread:0.00}") : "");

    internal static IReadOnlyList<ComparedResult> Of(IReadOnlyList<OpenedRun> opened, IReadOnlyList<ComparedRun> runs)
    {
        List<ComparedResult> results = [];
        Add("kNN test, last", "%", moreIsBetter: true, static one => (one.Facts.Knn, null, null));
        Add("kNN test, best (flatters)", "%", moreIsBetter: true, static one => (one.Facts.BestKnn, null, null));
        foreach (string name in opened.SelectMany(static one => one.Evaluations).Select(static test => test.Name).Distinct())
            AddTest(name);
        bool sameMethod = opened.Select(static one => one.Run.Recipe.Method).Distinct().Count() == 1;
        Add("loss", "nats", sameMethod ? false : null, static one => (one.Facts.Loss, null, null));
        Add("epochs done", "", moreIsBetter: null, static one => (one.Facts.EpochsDone, null, null));
        Add("training time", "s", moreIsBetter: null, static one => (one.Facts.Seconds, null, null));
        Add("pictures a second, last epoch", "", moreIsBetter: null,
            static one => (one.Course is { Epochs: [.., { } last] } ? last.ImagesPerSecond : null, null, null));
        return results;

        void AddTest(string name)
        {
            StoredEvaluation[] same = [.. opened.SelectMany(static one => one.Evaluations).Where(test => test.Name == name)];
            foreach ((string kind, string features) in same.SelectMany(static test => test.Trained)
                .Select(static score => (score.Kind, score.Features)).Distinct())
            {
                string heading = $"{Verdicts.NameOf(same[0])} ({name}), {features}{(kind == same[0].Test ? "" : $", {kind}")}";
                Add(heading, "%", true, one => Of(one) is { } score ? (score.Accuracy, score.Spread, score.Draws) : (null, null, null));
                Add($"{heading}, epoch chosen on held-out labels", "%", true, one => (Of(one)?.BestEpoch, null, null));

                StoredScore? Of(OpenedRun one) => one.Evaluations.FirstOrDefault(test => test.Name == name)?.Trained
                    .FirstOrDefault(score => score.Kind == kind && score.Features == features);
            }
        }

        void Add(string name, string unit, bool? moreIsBetter, Func<OpenedRun, (double? Value, double? Spread, int? Draws)> of)
        {
            (double? Value, double? Spread, int? Draws)[] values = [.. opened.Select(of)];
            if (values.All(static value => value.Value is null)) return;
            results.Add(new ComparedResult(name, unit, [.. values.Index().Select(value => new ComparedCell(value.Item.Value,
                value.Item.Spread, value.Item.Draws, moreIsBetter is { } more && IsBest(value.Index, more)))], moreIsBetter));

            bool IsBest(int at, bool more)
            {
                double[] rivals = [.. values.Index().Where(other => runs[other.Index].DataSet == runs[at].DataSet)
                    .Select(static other => other.Item.Value).OfType<double>()];
                return rivals.Length > 1 && values[at].Value is { } own && own == (more ? rivals.Max() : rivals.Min())
                    && rivals.Distinct().Count() > 1;
            }
        }
    }
}

/// <summary>A figure of one run.</summary>
/// <param name="Value">Null where it is not known.</param>
/// <param name="Spread">Standard deviation over draws of labels; null where there is none.</param>
/// <param name="Draws">How often labels were drawn; null where they were not.</param>
/// <param name="IsBest">Whether no other run of the same pictures has a better one, and one has a worse.</param>
public sealed record ComparedCell(double? Value, double? Spread, int? Draws, bool IsBest);
