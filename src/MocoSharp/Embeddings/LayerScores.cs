using System.Text.Json.Serialization;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Embeddings;

/// <summary>How well near neighbors tell the classes apart, layer by layer.</summary>
/// <param name="Neighbors">k of the vote.</param>
/// <param name="Temperature">τ of the votes exp(cos / τ).</param>
/// <param name="Voting">Labeled pictures that voted.</param>
/// <param name="Tested">Labeled pictures that were named.</param>
/// <param name="LeftOut">Labeled pictures beyond the most that are compared, which neither voted nor were named.</param>
/// <param name="IsHeldOut">Whether a fifth of each class was held out, since the data set has no labeled part to test on.</param>
/// <param name="Layers">The layers in the order in which they were asked for.</param>
public sealed record LayerScores(
    int Neighbors, double Temperature, int Voting, int Tested, int LeftOut, bool IsHeldOut, IReadOnlyList<LayerScore> Layers)
{
    private const int MostVoting = 50_000, MostTested = 10_000;
    private const int SampleDraw = 1;

    /// <summary>Compares all layers on the same pictures; null where labels do not suffice.</summary>
    /// <param name="table">All rows.</param>
    /// <param name="pictures">The data set: its labels.</param>
    /// <param name="testFrom">The first row of the data set's own part to test on; null where it has none.</param>
    /// <param name="vote">k and τ.</param>
    /// <param name="cancel">Stops between blocks.</param>
    internal static LayerScores? Of(EmbeddedTable table, IImageSource pictures, int? testFrom, ComparisonOptions vote,
        CancellationToken cancel)
    {
        int[] labels = [.. Enumerable.Range(0, pictures.Count).Select(row => table.IsReadable(row) ? pictures.Label(row) : -1)];
        int classes = pictures.Classes.Count;
        if (classes < 2) return null;
        bool isHeldOut = testFrom is null || !labels.AsSpan(testFrom.Value).ContainsAnyExcept(-1);
        HashSet<int> test = isHeldOut ? [.. StratifiedRows.Fifth(labels, classes)]
            : [.. Enumerable.Range(testFrom!.Value, labels.Length - testFrom.Value)];
        int[] labeled = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] >= 0)],
            all = [.. labeled.Where(test.Contains)], rest = [.. labeled.Where(row => !test.Contains(row))];
        int[] tested = Sample(all, labels, classes, MostTested), voting = Sample(rest, labels, classes, MostVoting);
        if (tested.Length == 0 || voting.Length < 2) return null;
        KnnClassifier classifier = new(vote.Neighbors, vote.Temperature);
        LayerScore[] scores = [.. table.Layers.Select(layer => new LayerScore(layer.Name, layer.Rows.Dimensions,
            100 * classifier.Evaluate(Rows(layer.Rows, voting), Rows(layer.Rows, tested), cancel).Accuracy))];
        return new LayerScores(Math.Min(vote.Neighbors, voting.Length), vote.Temperature, voting.Length, tested.Length,
            labeled.Length - tested.Length - voting.Length, isHeldOut, scores);

        FeatureSet Rows(IEmbeddingRows from, int[] wanted)
        {
            float[] values = new float[(long)wanted.Length * from.Dimensions];
            for (int i = 0; i < wanted.Length; i++)
                from.Read(wanted[i], values.AsSpan(i * from.Dimensions, from.Dimensions));
            return new FeatureSet(values, from.Dimensions, [.. wanted.Select(row => labels[row])], pictures.Classes);
        }
    }

    // The same share of each class, the same rows each time.
    private static int[] Sample(int[] rows, int[] labels, int classes, int most)
    {
        if (rows.Length <= most) return rows;
        int[][] shuffled = StratifiedRows.Shuffled([.. rows.Select(row => labels[row])], classes, seed: 1, SampleDraw);
        return [.. shuffled.SelectMany(one => one.Take((int)((long)one.Length * most / rows.Length))).Select(at => rows[at]).Order()];
    }
}

/// <summary>One layer's score.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Dimensions">Numbers a picture.</param>
/// <param name="Accuracy">Top-1 in percent.</param>
public sealed record LayerScore(
    string Layer, int Dimensions, [property: JsonConverter(typeof(PercentConverter))] double Accuracy);
