using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>A picture and those that the encoder takes for most alike.</summary>
/// <param name="Row">The picture's place in <see cref="FeatureStudy.Pictures"/>.</param>
/// <param name="Neighbors">The most alike first.</param>
public sealed record StudiedNeighbors(int Row, IReadOnlyList<StudiedNeighbor> Neighbors);

/// <summary>A picture that is like another.</summary>
/// <param name="Row">Its place in <see cref="FeatureStudy.Pictures"/>.</param>
/// <param name="Similarity">The cosine of their features.</param>
public sealed record StudiedNeighbor(int Row, double Similarity);

/// <summary>What a run's network makes of a sample of pictures, without labels: how its features lie, a map, and neighbors.</summary>
public sealed class FeatureStudy : IDisposable
{
    private readonly TrainingData _data;

    private FeatureStudy(TrainingData data, IImageSource pictures, bool isOfTest, int available) =>
        (_data, Pictures, IsOfTest, Available) = (data, pictures, isOfTest, available);

    /// <summary>The sample, open until <see cref="Dispose"/>. Unreadable ones are not among them.</summary>
    public IImageSource Pictures { get; }

    /// <summary>Whether they are test pictures, from which nothing was learned.</summary>
    public bool IsOfTest { get; }

    /// <summary>How many there are to draw from.</summary>
    public int Available { get; }

    /// <summary>Pictures of the sample that could not be read.</summary>
    public int Unreadable { get; private init; }

    /// <summary>Of the encoder, and of the space of the loss where the run has a whole checkpoint.</summary>
    public IReadOnlyList<FeatureGeometry> Geometry { get; private init; } = [];

    /// <summary>Of some pictures, of all classes in turn where there are labels.</summary>
    public IReadOnlyList<StudiedNeighbors> Neighbors { get; private init; } = [];

    /// <summary>Names are those of <see cref="Pictures"/>; null where none was asked for, or there are too few pictures.</summary>
    public FolderMap? Map { get; private init; }

    /// <summary>Closes the pictures.</summary>
    public void Dispose() => _data.Dispose();

    internal static FeatureStudy Of(RunRecord run, TestPictures pictures, StudyOptions options, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        run.Folder.MustHaveEncoder();
        TrainingData data = TestedData.Open(run, pictures);
        try
        {
            foreach (string note in data.Notes) progress.Warn(note);
            return new Maker(run, data, options.InBounds(), progress, cancel).Make();
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private sealed class Maker(RunRecord run, TrainingData data, StudyOptions options, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        private const int LeastOnMap = 16;
        private readonly Recipe _recipe = run.Recipe.Recipe;

        internal FeatureStudy Make()
        {
            IImageSource all = data.Test ?? data.Train;
            int[] drawn = Draw(all.Count);
            FeatureSpaces spaces = Spaces();
            Compute compute = Compute.Of(_recipe.Training);
            using ComparedNetwork network = ComparedNetwork.Open(run.Folder, _recipe, spaces, progress.Warn);
            IImageSource sample = all.Take(drawn);
            FeatureSet plain = Extract("nothing random", _recipe.EvaluationView(), epoch: 0, progress.Warn);
            int[] present = [.. Enumerable.Range(0, drawn.Length).Except(plain.Absent)];
            if (present.Length < 2)
                throw new MocoException(ErrorIds.FeatureShape, $"{present.Length} of {drawn.Length} pictures can be read, and a study "
                    + "needs two", at: data.Paths[0], fix: "name a folder of readable pictures with --data");
            ViewPipeline view = _recipe.ViewRecipe().Views[0];
            FeatureSet first = Extract("a first view", view, epoch: 0), second = Extract("a second view", view, epoch: 1);
            progress.Doing("measuring features");
            IReadOnlyList<FeatureSet> ofPlain = Parts(plain), ofFirst = Parts(first), ofSecond = Parts(second);
            return new FeatureStudy(data, all.Take([.. present.Select(row => drawn[row])]), data.Test is not null, all.Count)
            {
                Unreadable = plain.Absent.Count,
                Geometry = [.. spaces.Names.Index().Select(space =>
                    FeatureGeometry.Of(ofFirst[space.Index], ofSecond[space.Index], ofPlain[space.Index], space.Item, cancel))],
                Neighbors = NeighborsOf(ofPlain[0]),
                Map = MapOf(ofPlain[0], present),
            };

            FeatureSet Extract(string what, ViewPipeline seen, int epoch, Action<string>? warned = null)
            {
                progress.Doing($"{drawn.Length:N0} pictures, {what}");
                return new FeatureExtractor(_recipe.Data, seen, compute, warned).Extract(sample, network.Forward, epoch, cancel);
            }

            IReadOnlyList<FeatureSet> Parts(FeatureSet joined)
            {
                FeatureSet kept = joined.Take(present);
                int from = 0;
                return [.. spaces.Widths.Select(width => Columns(kept, (from += width) - width, width))];
            }

            FolderMap? MapOf(FeatureSet features, int[] rows) => !options.HasMap || rows.Length < LeastOnMap ? null
                : FolderMap.Make(MappedRows.Of(features, [.. rows.Select(sample.Name)]),
                    new MapSettings(Neighbors: Math.Min(15, rows.Length - 1), Seed: options.Seed), start: null, progress, cancel);
        }

        // without a whole checkpoint the head is lost, and the encoder alone is known
        private FeatureSpaces Spaces()
        {
            FeatureSpaces alone = new([FeatureSpace.Backbone]);
            try
            {
                if (new CheckpointStore(run.Folder).Newest(progress.Warn, run.Environment) is not null)
                    return new FeatureSpaces([FeatureSpace.Backbone, FeatureSpace.Projected]);
                progress.Warn("the run has no checkpoint, so that the space of its loss cannot be looked at");
            }
            catch (MocoException error) when (error.Id == ErrorIds.CheckpointDamaged)
            {
                progress.Warn($"{error.Message}: the space of the loss cannot be looked at");
            }
            return alone;
        }

        private int[] Draw(int count)
        {
            int[] rows = [.. Enumerable.Range(0, count)];
            Rng rng = Rng.For(options.Seed);
            int wanted = Math.Min(options.Pictures, count);
            for (int i = 0; i < wanted; i++)
            {
                int other = i + rng.NextInt32(count - i);
                (rows[i], rows[other]) = (rows[other], rows[i]);
            }
            return [.. rows.AsSpan(0, wanted).ToArray().Order()];
        }

        private IReadOnlyList<StudiedNeighbors> NeighborsOf(FeatureSet features)
        {
            int[] all = [.. Enumerable.Range(0, features.Count)], queries = Queries(features);
            int k = Math.Min(options.Neighbors, features.Count - 1);
            if (queries.Length == 0) return [];
            (float Score, int Row)[][] nearest = new NearestSearch(features, all, features, k, isSame: true, Torch.Device.Cpu, cancel)
                .Exact(queries);
            return [.. queries.Zip(nearest, static (query, hits) => new StudiedNeighbors(query,
                [.. hits.Select(static hit => new StudiedNeighbor(hit.Row, Math.Clamp(hit.Score, -1, 1)))]))];
        }

        /// <summary>One of each class in turn.</summary>
        private int[] Queries(FeatureSet features)
        {
            int[] order = [.. Enumerable.Range(0, features.Count)];
            Rng rng = Rng.For(options.Seed, 1);
            for (int i = order.Length - 1; i > 0; i--)
            {
                int other = rng.NextInt32(i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }
            return [.. order.GroupBy(row => features.Labels[row]).OrderBy(static group => group.Key)
                .SelectMany(static group => group.Select(static (row, turn) => (row, turn))).OrderBy(static one => one.turn)
                .Take(options.Queries).Select(static one => one.row)];
        }

        private static FeatureSet Columns(FeatureSet joined, int from, int width)
        {
            float[] values = new float[joined.Count * width];
            for (int row = 0; row < joined.Count; row++) joined.Row(row).Slice(from, width).CopyTo(values.AsSpan(row * width));
            return new FeatureSet(values, width, joined.Labels, joined.Classes);
        }
    }
}
