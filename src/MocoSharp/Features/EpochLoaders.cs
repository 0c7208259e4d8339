using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Features;

/// <summary>The loader of each epoch: views may grow in the course of a training, and a loader's memory is made for one size.</summary>
internal sealed class EpochLoaders
{
    private readonly IImageSource _source;
    private readonly Recipe _recipe;
    private readonly LoaderOptions _options;
    private ViewLoader _current;
    private int? _size;
    private TimeSpan _waitedBefore;
    private IReadOnlyList<BadImage> _badBefore = [];

    /// <param name="source">The pictures.</param>
    /// <param name="recipe">How they are seen.</param>
    /// <param name="peers">The ranks that share each batch; null for none.</param>
    internal EpochLoaders(IImageSource source, Recipe recipe, Peers? peers = null)
    {
        LoaderOptions all = Options(recipe);
        (_source, _recipe, _size) = (source, recipe, recipe.Training.SizeAt(0));
        _options = peers is null or { Count: 1 } ? all : all with
        {
            BatchSize = all.BatchSize / peers.Count,
            Share = peers.Rank,
            Shares = peers.Count,
            // ranks of one host share its processors
            Workers = all.Workers > 0 ? all.Workers : Math.Max(1, all.WorkerCount / peers.Count),
        };
        _current = new ViewLoader(source, recipe.ViewRecipe(0), _options);
    }

    /// <summary>How a recipe wants its pictures loaded.</summary>
    internal static LoaderOptions Options(Recipe recipe) => new()
    {
        BatchSize = recipe.Training.BatchSize,
        Seed = recipe.Training.Seed,
        Workers = recipe.Data.Workers,
        ShuffleBuffer = recipe.Data.ShuffleBuffer,
        MaximumBadShare = (float)recipe.Data.MaximumBadShare,
        Reading = recipe.Data.Request() with { ShorterSide = recipe.Data.DecodeShorterSide },
    };

    internal int Views => _current.Recipe.Count;

    /// <summary>The shape of one picture of a view, now.</summary>
    internal ImageSize Size(int view) => _current.Size(view);

    internal int BatchesPerEpoch => _current.BatchesPerEpoch;

    internal int Workers => _options.WorkerCount;

    /// <summary>How long the training waited for pictures, in all.</summary>
    internal TimeSpan Waited => _waitedBefore + _current.Waited;

    /// <summary>Unreadable pictures found so far, each once, in the order in which they were found.</summary>
    internal IReadOnlyList<BadImage> BadImages =>
        [.. _badBefore, .. _current.BadImages.Where(bad => _badBefore.All(known => known.Index != bad.Index))];

    /// <summary>One epoch's batches.</summary>
    /// <param name="epoch">Names the order and the views' randomness.</param>
    /// <param name="sizeOf">The epoch whose size the views have.</param>
    /// <param name="firstBatch">Batches to leave out at the start.</param>
    /// <param name="cancel">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    internal IEnumerable<ViewBatch> Epoch(int epoch, int sizeOf, int firstBatch, CancellationToken cancel)
    {
        int? size = _recipe.Training.SizeAt(sizeOf);
        if (size != _size)
        {
            (_waitedBefore, _badBefore) = (Waited, BadImages);
            (_current, _size) = (new ViewLoader(_source, _recipe.ViewRecipe(sizeOf), _options), size);
        }
        return _current.Epoch(epoch, firstBatch, cancel);
    }
}
