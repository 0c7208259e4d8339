using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>How one view is made: operations in order, then normalization. Immutable; threads share it, each with its own canvas.</summary>
public sealed class ViewPipeline
{
    private readonly Augmentation[] _steps;

    /// <summary>Makes a pipeline.</summary>
    /// <param name="steps">Operations, the first done first.</param>
    /// <param name="stats">What the channels are normalized by at the end.</param>
    /// <exception cref="ImagingException">MS3101, MS3104: a parameter is out of range.</exception>
    public ViewPipeline(IEnumerable<Augmentation> steps, ChannelStats stats)
    {
        _steps = [.. steps];
        Stats = stats;
        stats.Check();
        foreach (Augmentation step in _steps)
            step.Check();
    }

    /// <summary>Operations in order.</summary>
    public IReadOnlyList<Augmentation> Steps => _steps;

    /// <summary>What the channels are normalized by.</summary>
    public ChannelStats Stats { get; }

    /// <summary>Which picture of a scene is seen: 0 for the picture itself, k for its k-th partner.</summary>
    public int Partner { get; init; }

    /// <summary>Channels of that partner; null for the picture itself.</summary>
    public int? PartnerChannels { get; init; }

    /// <summary>Views with the same number share their draws, so equal first steps cut equal boxes; null for draws of its own.</summary>
    public int? SharedDraws { get; init; }

    /// <summary>How many of the first steps share their draws, where <see cref="SharedDraws"/> is set; null for all.</summary>
    public int? SharedSteps { get; init; }

    /// <summary>Other operations on the same picture of a scene, with the same draws and statistics.</summary>
    public ViewPipeline With(IEnumerable<Augmentation> steps) => new(steps, Stats)
    {
        Partner = Partner,
        PartnerChannels = PartnerChannels,
        SharedDraws = SharedDraws,
        SharedSteps = SharedSteps,
    };

    /// <summary>The view's shape for pictures of so many channels and any size.</summary>
    /// <exception cref="ImagingException">
    /// MS3105: the views would differ in size. MS3106: the statistics are for another number of channels.
    /// </exception>
    public ImageSize Output(int channels)
    {
        ImageSize size = Output(new ImageSize(0, 0, PartnerChannels ?? channels));
        return size.IsFixed ? size : throw new ImagingException(ErrorIds.NoFixedSize,
            "the view has no fixed size, so views cannot be put into one batch",
            fix: "add randomResizedCrop, centerFit, centerCrop or randomCrop to it");
    }

    /// <summary>The view's shape for a picture's.</summary>
    /// <exception cref="ImagingException">MS3106: the statistics are for another number of channels.</exception>
    public ImageSize Output(ImageSize size)
    {
        foreach (Augmentation step in _steps)
            size = step.Output(size);
        return Stats.Fits(size.Channels) ? size : throw new ImagingException(ErrorIds.StatsDoNotFit,
            $"the channel statistics '{Stats.Name}' are for {Stats.Mean.Count} channels, and the view has {size.Channels}",
            fix: "choose statistics of the data set's own, or 'half', which fits any number of channels");
    }

    /// <summary>Makes one view. Allocates nothing once the canvas has grown.</summary>
    /// <param name="image">The decoded picture.</param>
    /// <param name="rng">The view's stream.</param>
    /// <param name="canvas">Working memory of the calling thread.</param>
    /// <param name="view">Gets the view, [Height, Width, Channels].</param>
    /// <exception cref="ArgumentException">The span's length is not the view's.</exception>
    public void Render(Image image, ref Rng rng, Canvas canvas, Span<float> view)
    {
        Load(image, canvas);
        foreach (Augmentation step in _steps)
            step.Run(ref rng, canvas);
        Finish(canvas, view);
    }

    /// <summary>Makes one view whose first steps draw with other views of the picture. Allocates nothing once the canvas has
    /// grown.</summary>
    /// <param name="image">The decoded picture.</param>
    /// <param name="draws">The view's streams; see <see cref="ViewRecipe.Draws"/>.</param>
    /// <param name="canvas">Working memory of the calling thread.</param>
    /// <param name="view">Gets the view, [Height, Width, Channels].</param>
    /// <exception cref="ArgumentException">The span's length is not the view's.</exception>
    public void Render(Image image, ref ViewDraws draws, Canvas canvas, Span<float> view)
    {
        Load(image, canvas);
        int shared = SharedDraws is null ? 0 : SharedSteps ?? _steps.Length;
        for (int i = 0; i < _steps.Length; i++)
            _steps[i].Run(ref i < shared ? ref draws.Shared : ref draws.Own, canvas);
        Finish(canvas, view);
    }

    /// <summary>The last part of <see cref="Render(Image, ref Rng, Canvas, Span{float})"/>: normalizes what the canvas holds and writes
    /// it.</summary>
    /// <param name="canvas">After the last operation.</param>
    /// <param name="view">Gets the view, [Height, Width, Channels].</param>
    /// <exception cref="ArgumentException">The span's length is not the view's.</exception>
    public void Finish(Canvas canvas, Span<float> view) => NormalizeKernel.Run(canvas, Stats, view);

    /// <summary>Draws all choices of one view without touching pixels, one a step: for logs, pictures of the recipe and tests.</summary>
    public IReadOnlyList<object> Choose(ref Rng rng, ImageSize size)
    {
        object[] choices = new object[_steps.Length];
        for (int i = 0; i < choices.Length; i++)
        {
            choices[i] = _steps[i].ChooseBoxed(ref rng, size);
            size = _steps[i].Output(size);
        }
        return choices;
    }

    /// <summary>Makes the view of given choices: the same bits as <see cref="Render(Image, ref Rng, Canvas, Span{float})"/> on the stream
    /// they were drawn from.</summary>
    /// <param name="choices">One a step, as <see cref="Choose"/> gives them.</param>
    /// <param name="image">The decoded picture.</param>
    /// <param name="canvas">Working memory of the calling thread.</param>
    /// <param name="view">Gets the view, [Height, Width, Channels].</param>
    public void Replay(IReadOnlyList<object> choices, Image image, Canvas canvas, Span<float> view)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(choices.Count, _steps.Length, nameof(choices));
        Load(image, canvas);
        for (int i = 0; i < _steps.Length; i++)
            _steps[i].ApplyBoxed(choices[i], canvas);
        Finish(canvas, view);
    }

    private void Load(Image image, Canvas canvas)
    {
        if (Partner == 0)
            canvas.Load(image);
        else if (Partner <= image.Partners.Count)
            canvas.Load(image.Partners[Partner - 1]);
        else
            throw new ImagingException(ErrorIds.MissingPartner,
                $"a view shows the {Partner + 1}. kind of a scene, and the pictures come with {image.Partners.Count + 1}",
                fix: "give a folder of paired pictures; packed, IDX and CIFAR files hold one picture a scene");
    }
}
