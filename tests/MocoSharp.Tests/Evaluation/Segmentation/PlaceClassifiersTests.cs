using MocoSharp.Evaluation;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Features;
using MocoSharp.Imaging;

namespace MocoSharp.Tests.Evaluation.Segmentation;

public sealed class PlaceClassifiersTests : TensorTest
{
    [Fact]
    public void Clusters_give_each_place_the_nearest_center_as_k_means_did()
    {
        SampledPlaces places = Blobs(300, out int[] blob);
        (LinearHead head, IReadOnlyList<int> sizes) = PlaceClassifiers.Clusters(places, 3, seed: 1, default);
        int[] named = [.. Enumerable.Range(0, places.Rows.Count).Select(row => Largest(head, places.Rows.Row(row)))];
        Assert.Equal(300, sizes.Sum());
        Assert.Equal(sizes, Enumerable.Range(0, 3).Select(cluster => named.Count(name => name == cluster)));
        // each blob is one cluster
        Assert.Equal(3, named.Zip(blob).Distinct().Count());
    }

    [Fact]
    public void A_map_of_many_channels_counts_no_more_than_one_of_few()
    {
        // two groups in the one channel of the first map; noise without groups in the hundred of the second
        Rng rng = Rng.For(4);
        float[] values = new float[400 * 101];
        for (int row = 0; row < 400; row++)
            for (int d = 0; d < 101; d++)
                values[row * 101 + d] = d == 0 ? row % 2 * 10 + (float)rng.NextGaussian() * 0.1f : (float)rng.NextGaussian() * 50;
        SampledPlaces places = new(new FeatureSet(values, 101, new int[400], ["a"]), [1, 100], new int[400]);
        (LinearHead head, _) = PlaceClassifiers.Clusters(places, 2, seed: 1, default);
        int[] named = [.. Enumerable.Range(0, 400).Select(row => Largest(head, places.Rows.Row(row)))];
        Assert.Equal(2, named.Select(static (name, row) => (name, row % 2)).Distinct().Count());
    }

    [Fact]
    public void The_probe_tells_blobs_apart_and_weighs_its_weights()
    {
        SampledPlaces places = Blobs(300, out int[] blob);
        LogisticModel weak = PlaceClassifiers.Probe(places, 10, default).Model,
            strong = PlaceClassifiers.Probe(places, 1e-3, default).Model;
        Assert.Equal(1, strong.Evaluate(places.Rows).Accuracy);
        Assert.True(Norm(weak) < Norm(strong) / 3);
        Assert.Equal(places.Rows.Labels, blob);
        static double Norm(LogisticModel model) => Math.Sqrt(model.ToHead().Weight.Sum(static w => (double)w * w));
    }

    [Fact]
    public void The_weight_decay_is_chosen_on_whole_pictures_that_were_not_seen()
    {
        // 200 numbers say which picture a place is of, and one, noisily, its class: only a strong decay does not learn pictures by heart
        Rng rng = Rng.For(8);
        float[] values = new float[600 * 201];
        int[] labels = new int[600], pictures = [.. Enumerable.Range(0, 600).Select(static row => row / 3)];
        for (int row = 0; row < 600; row++)
        {
            labels[row] = (int)(Rng.For(5, pictures[row]).NextUInt64() >> 63);
            values[row * 201] = labels[row] + 0.7f * (float)rng.NextGaussian();
            values[row * 201 + 1 + pictures[row]] = 3;
        }
        SampledPlaces places = new(new FeatureSet(values, 201, labels, ["a", "b"]), [201], pictures);
        (LogisticModel model, double decay) = PlaceClassifiers.Probe(places, null, default);
        Assert.Equal(new[] { 1, 0.1, 0.01, 0.001, 0.0001 }.MaxBy(Unseen), decay);
        Assert.InRange(decay, 0.01, 1);
        Assert.True(model.HasConverged);

        double Unseen(double candidate)
        {
            int[] held = [.. Enumerable.Range(0, 600).Where(row => pictures[row] % 5 == 4)];
            SampledPlaces seen = new(places.Rows.Take([.. Enumerable.Range(0, 600).Except(held)]), [201], []);
            return PlaceClassifiers.Probe(seen, candidate, default).Model.Evaluate(places.Rows.Take(held)).Accuracy;
        }
    }

    [Fact]
    public void Places_are_the_same_in_whatever_batch_a_picture_comes_and_never_twice()
    {
        PixelLabels labels = new(6, 4, [.. Enumerable.Range(0, 24).Select(static i => (byte)(i < 12 ? i % 2 : PixelLabels.None))]);
        Tensor maps = Fill.Inputs("maps", 3, 2, 4, 6);
        PlaceSampler together = new(24, seed: 7), apart = new(24, seed: 7);
        together.Add(Batch(0, 3), [maps], pictures: 3);
        for (int i = 0; i < 3; i++) apart.Add(Batch(i, 1), [maps.Narrow(0, i, 1)], pictures: 3);
        SampledPlaces one = together.Finish(["a", "b"]), other = apart.Finish(["a", "b"]);
        Assert.Equal(one.Rows.Values, other.Rows.Values);
        Assert.Equal(one.Rows.Labels, other.Rows.Labels);
        Assert.Equal(24, one.Rows.Count);
        Assert.DoesNotContain(-1, one.Rows.Labels);
        Assert.Equal(24, Enumerable.Range(0, 24).Select(row => (row / 8, one.Rows.Row(row)[0])).Distinct().Count());

        DenseBatch Batch(int first, int count) => new([.. Enumerable.Range(first, count)], Tensor.Zeros([count, 3, 4, 6]),
            [.. Enumerable.Repeat(labels, count)], [.. Enumerable.Repeat((6, 4), count)]);
    }

    private static int Largest(LinearHead head, ReadOnlySpan<float> row)
    {
        float[] scores = new float[head.Bias.Length];
        head.Apply(row, scores);
        return scores.AsSpan().IndexOf(scores.Max());
    }

    private static SampledPlaces Blobs(int count, out int[] blob)
    {
        Rng rng = Rng.For(3);
        int[] kinds = [.. Enumerable.Range(0, count).Select(static i => i % 3)];
        float[] values = [.. kinds.SelectMany(kind => new[] { 0, 1, 2, 3 }
            .Select(d => (d == kind ? 8 : 0) + (float)rng.NextGaussian() + 100 * d))];
        blob = kinds;
        return new SampledPlaces(new FeatureSet(values, 4, kinds, ["a", "b", "c"]), [1, 3], [.. kinds.Select(static (_, i) => i / 30)]);
    }
}
