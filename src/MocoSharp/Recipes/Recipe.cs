using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;

namespace MocoSharp.Recipes;

/// <summary>All that a training depends on besides the pictures: a complete value. Nothing rewrites it after loading.</summary>
/// <param name="Format">Version of the recipe's form; 1.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Encoder">Which network.</param>
/// <param name="Method">How it learns.</param>
/// <param name="Views">How its pictures are made, in the order of the views.</param>
/// <param name="Training">Length, batch, precision, seed.</param>
/// <param name="Optimizer">How weights move.</param>
/// <param name="LearningRate">How far, and when.</param>
/// <param name="Data">How pictures are read.</param>
/// <param name="Monitor">The kNN test while training.</param>
/// <param name="Checkpoints">What is kept.</param>
/// <param name="Probe">A linear classifier that learns beside the encoder; empty for none.</param>
public sealed record Recipe(
    int Format,
    string Name,
    EncoderOptions Encoder,
    MethodOptions Method,
    IReadOnlyList<ViewSettings> Views,
    TrainingSettings Training,
    OptimizerSettings Optimizer,
    RateSettings LearningRate,
    DataSettings? Data = null,
    MonitorSettings? Monitor = null,
    CheckpointSettings? Checkpoints = null,
    ProbeSettings? Probe = null)
{
    /// <summary>The form that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>How it learns, with what depends on the batch filled in.</summary>
    public MethodOptions Method { get; init; } = Training.BatchSize > 0 ? Method.ForBatch(Training.BatchSize) : Method;

    /// <summary>How pictures are read.</summary>
    public DataSettings Data { get; init; } = Data ?? new();

    /// <summary>The kNN test while training.</summary>
    public MonitorSettings Monitor { get; init; } = Monitor ?? new();

    /// <summary>What is kept.</summary>
    public CheckpointSettings Checkpoints { get; init; } = Checkpoints ?? new();

    /// <summary>What an encoder expects to see that no recipe made; null where the views tell it.</summary>
    internal ViewPipeline? Seen { get; init; }

    /// <summary>The same with what it leaves to the number of pictures filled in.</summary>
    /// <param name="pictures">Pictures to learn from.</param>
    public Recipe For(int pictures) => PictureFit.Filled(this, pictures);

    /// <summary>Pictures that the method sees a step: the labeled ones too where they join.</summary>
    public int JointBatch => Training.BatchSize + (Probe is { Joint: true } probe ? probe.BatchSize : 0);

    /// <summary>The views as the imaging library takes them.</summary>
    public ViewRecipe ViewRecipe() => new([.. Views.SelectMany(view => Enumerable.Repeat(view.Pipeline(Data), view.Repeat))]);

    /// <summary>The views of one epoch: of another size where <see cref="TrainingSettings.Sizes"/> says so. Views that are smaller than the
    /// first one stay so, in proportion.</summary>
    /// <param name="epoch">Counted from 0.</param>
    public ViewRecipe ViewRecipe(int epoch)
    {
        ViewRecipe own = ViewRecipe();
        if (Training.SizeAt(epoch) is not { } size) return own;
        double scale = (double)size / own.Views[0].Steps.OfType<RandomResizedCrop>().First().Size;
        return new([.. own.Views.Select(view => Resized(view, scale))]);
    }

    /// <summary>What encoders see in tests: the middle of the picture at the first view's size and statistics, nothing random.</summary>
    public ViewPipeline EvaluationView()
    {
        if (Seen is not null) return Seen;
        ViewPipeline first = Views[0].Pipeline(), test = ViewRecipes.Evaluation(first.Output(Data.ChannelCount).ShorterSide, first.Stats);
        if (TestedViews.AreCut(first)) return TestedViews.Of(first);
        IEnumerable<Augmentation> before = first.Steps is [Squash squash, ..] ? [squash] : [];      // squashed pictures are tested squashed
        return new ViewPipeline([.. before, .. test.Steps, .. first.Steps.Where(static step => step.IsRepresentation)], test.Stats);
    }

    /// <summary>What encoders see of each view in tests, nothing random: for methods whose views are different pictures.</summary>
    public IReadOnlyList<ViewPipeline> EvaluationViews() => [.. ViewRecipe().Views.Select(TestedViews.Of)];

    /// <summary>Checks what single settings cannot know.</summary>
    /// <exception cref="OptionException">Two settings contradict each other.</exception>
    public Recipe Checked()
    {
        if (Format != CurrentFormat)
            throw new OptionException(nameof(Format), Format, $"and this version reads {CurrentFormat}",
                fix: $"write format: {CurrentFormat}, or use a version of moco that reads it");
        OptionException.Require(Views.Count >= 1, nameof(Views), Views.Count, "one view recipe or more");
        _ = this.InBounds();
        if (Encoder.Channels != SeenChannels)
            throw OtherChannels();
        if (Training.BatchSize % Encoder.BatchNormSplits != 0)
            throw new OptionException("training.batchSize", Training.BatchSize,
                $"which {Encoder.BatchNormSplits} batch norm splits do not divide",
                fix: $"set it to a multiple of {Encoder.BatchNormSplits} (--set "
                + $"training.batchSize={Math.Max(1, Training.BatchSize / Encoder.BatchNormSplits) * Encoder.BatchNormSplits}), or --set "
                + $"encoder.batchNormSplits=1");
        if (Data.DecodeShorterSide > 0 && Data.Modalities.Count > 0)
            throw new OptionException("data.decodeShorterSide", Data.DecodeShorterSide,
                "and the other pictures of a scene would not shrink with its first", fix: "set it to 0, which decodes at full size");
        if (Training.Sizes.Count > 0 && Probe is { Joint: true })
            throw new OptionException("training.sizes", Training.Sizes.Count,
                "steps, and the pictures that the probe adds to each batch keep one size: the two do not fit into one batch",
                fix: "leave training.sizes out, or set probe.joint to false");
        if (Training.BatchSize > 0) Method.Check(JointBatch);
        foreach (ViewPipeline view in ViewRecipe().Views)
        {
            _ = view.Output(Data.ChannelCount);
            if (Training.Sizes.Count > 0 && !view.Steps.Any(static step => step is RandomResizedCrop))
                throw new OptionException("training.sizes", Training.Sizes.Count,
                    "steps, and a view has no randomResizedCrop whose size could follow them",
                    fix: "add one to the view, or leave training.sizes out");
        }
        return this;
    }

    /// <summary>Channels of the first view: those of the pictures, but where an operation makes others of them.</summary>
    private int SeenChannels =>
        Views[0].Steps.Aggregate(new ImageSize(0, 0, Data.ChannelCount), static (size, step) => step.Output(size)).Channels;

    private OptionException OtherChannels()
    {
        int channels = SeenChannels;
        if (channels != Data.ChannelCount)
            return new OptionException("encoder.channels", Encoder.Channels, $"and the first view has {channels}",
                fix: $"--set encoder.channels={channels}");
        if (Data.Channels.Count == 0)
            return new OptionException("encoder.channels", Encoder.Channels, $"and the pictures are read as {Data.Color} with {channels}",
                fix: $"set encoder.channels to {channels}, or data.color to {(Encoder.Channels == 1 ? "gray" : "rgb")}");
        IEnumerable<string> views = Views.Select(static (view, at) => (view, at)).Where(one => !one.view.Normalize.Fits(channels))
            .Select(static one => $" --set views.{one.at}.normalize=half");
        return new OptionException("encoder.channels", Encoder.Channels, $"and data.channels names {channels}",
            fix: $"--set encoder.channels={channels}{string.Concat(views)}");
    }

    private static ViewPipeline Resized(ViewPipeline view, double scale) => view.With(view.Steps.Select(step =>
        step is RandomResizedCrop crop ? crop with { Size = Math.Max(1, (int)Math.Round(crop.Size * scale)) } : step));
}

/// <summary>How one view, or several alike, are made.</summary>
/// <param name="Steps">Operations, the first done first.</param>
/// <param name="Normalize">Statistics that the channels are normalized by: a data set's name (see <see cref="ChannelStats.All"/>) or own
/// values.</param>
/// <param name="Repeat">How many views are made so, each with draws of its own.</param>
/// <param name="Of">Which kind of <c>data.modalities</c> is seen; empty for the first, or where there are none.</param>
/// <param name="SharedDraws">Views with the same number, 0 or more, share their random draws: equal first steps then cut equal
/// boxes.</param>
/// <param name="SharedSteps">How many of the first steps share them; null for all.</param>
public sealed record ViewSettings(
    IReadOnlyList<Augmentation> Steps, ChannelStats Normalize, [Bounds(1, 64)] int Repeat = 1, string? Of = null,
    [Bounds(0, 1000)] int? SharedDraws = null,
    [Bounds(1, 1000)] int? SharedSteps = null)
{
    /// <summary>As the imaging library takes it, of the kind of pictures that it names.</summary>
    /// <exception cref="OptionException">No kind has this name.</exception>
    public ViewPipeline Pipeline(DataSettings data)
    {
        OptionException.Require(SharedSteps is null || SharedDraws is not null && SharedSteps <= Steps.Count, nameof(SharedSteps),
            SharedSteps, $"1 to {Steps.Count} where sharedDraws is set");
        int kind = Of is null ? 0 : data.Modalities.Select(static modality => modality.Name).ToList().IndexOf(Of);
        if (kind < 0)
            throw new OptionException(nameof(Of), Of, "and data.modalities has no kind of this name",
                fix: data.Modalities.Count == 0 ? "describe the kinds in data.modalities, or leave 'of' out"
                : $"set it to one of {string.Join(", ", data.Modalities.Select(static modality => modality.Name))}");
        ViewPipeline plain = Pipeline();
        return new ViewPipeline(plain.Steps, plain.Stats)
        {
            Partner = kind,
            PartnerChannels = kind == 0 ? null : data.Modalities[kind].Channels,
            SharedDraws = SharedDraws,
            SharedSteps = SharedSteps,
        };
    }

    /// <summary>As the imaging library takes it.</summary>
    public ViewPipeline Pipeline() => new(Steps, Normalize);
}

/// <summary>How pictures are read.</summary>
/// <param name="Color">As RGB or as gray.</param>
/// <param name="CacheMegabytes">Decoded pictures are kept in memory up to this, those of all sources of a run together; 0 keeps
/// none.</param>
/// <param name="MaximumBadShare">Training goes on while no more than this share of the pictures, rounded up to a whole number, is
/// unreadable, 0 to 1. Tests leave unreadable ones out.</param>
/// <param name="MaximumPixels">A picture that decodes to more is refused.</param>
/// <param name="Workers">Threads that decode and augment; 0 lets the program choose, and more than the processors are as many as
/// these.</param>
/// <param name="Modalities">The kinds of pictures of a scene, the first an ordinary one, where a folder holds several files a scene; none
/// for ordinary folders.</param>
/// <param name="DecodeShorterSide">While learning, a JPEG may be decoded at a smaller scale, by eighths, as long as its shorter side keeps
/// so many pixels; 0 never does.</param>
/// <param name="Background">The color, [red, green, blue], that transparent pixels lie on; null drops alpha, so that the color stored
/// below them is seen.</param>
/// <param name="Range">Samples of pictures of more than 8 bits that become black and white, such as [0, 4095] for 12-bit cameras.</param>
/// <param name="RangeOf">Which samples these are where no range is given: all that the type has (16 bits; other numbers have none), the
/// least to the greatest of the set, or of each picture: brightness then tells pictures apart no more.</param>
/// <param name="Channels">The names of the files' bands, in their order, where they are others than red, green and blue, "_" for one that
/// is passed over; or some of the names that GeoTIFFs give to their bands. Set encoder.channels to their number.</param>
/// <param name="Ranges">As range, one for each of these channels.</param>
/// <param name="ShuffleBuffer">Where pictures lie together in files, as in shards: how many an epoch's order mixes at a time, while files
/// come in random order and each is read once from its start to its end. 0 shuffles exactly, over all pictures.</param>
public sealed record DataSettings(
    Color Color = Color.Rgb, [Bounds(0, int.MaxValue)] int CacheMegabytes = 2048, [Bounds(0, 1)] double MaximumBadShare = 0.01,
    [Bounds(1, 500_000_000)] long MaximumPixels = DecodeRequest.DefaultMaximumPixels, [Bounds(0, int.MaxValue)] int Workers = 0,
    IReadOnlyList<Modality>? Modalities = null, [Bounds(0, 65536)] int DecodeShorterSide = 0,
    [Bounds(0, 255)] IReadOnlyList<int>? Background = null, [Bounds(-1e30, 1e30)] Imaging.Augment.Range? Range = null,
    RangeOf RangeOf = RangeOf.Type, IReadOnlyList<string>? Channels = null,
    [Bounds(-1e30, 1e30)] IReadOnlyList<IReadOnlyList<double>>? Ranges = null,
    [Bounds(0, int.MaxValue)] int ShuffleBuffer = 0)
{
    /// <summary>Samples of pictures of more than 8 bits that become black and white.</summary>
    public Imaging.Augment.Range? Range { get; init; } = Range is null || Range.Value.Low < Range.Value.High ? Range
        : throw new OptionException("data.range", Range, "and its numbers are equal", fix: "write the lower one first: [0, 4095]");

    /// <summary>What transparent pixels lie on.</summary>
    public IReadOnlyList<int>? Background { get; init; } = Background is null ? null
        : Background.Count == 3 ? ValueList.Create([.. Background])
        : throw new OptionException("data.background", Background, "and a color has three numbers",
        fix: "write [red, green, blue], each 0 to 255");

    /// <summary>The shorter side in pixels that a JPEG keeps when it is decoded at a smaller scale for learning; 0 decodes all at full
    /// size.</summary>
    /// <remarks>Less work for large photographs, and it changes pixels slightly: the scale is made from the JPEG's frequencies, smoother
    /// than by resampling, a small crop then has fewer pixels to be made of, and crops fall elsewhere, for boxes are drawn in whole pixels
    /// of the decoded picture. From view size ÷ √(least area of the crops) on, square crops are not enlarged. A <c>randomCrop</c> cuts from
    /// the smaller picture. Tests decode at full size always, and from the files.</remarks>
    public int DecodeShorterSide { get; init; } = DecodeShorterSide;

    /// <summary>The kinds of pictures of a scene.</summary>
    public IReadOnlyList<Modality> Modalities { get; init; } = Modalities ?? ValueList.Create<Modality>([]);

    /// <summary>The files' bands.</summary>
    public IReadOnlyList<string> Channels { get; init; } = ValueList.Create([.. Channels ?? []]);

    /// <summary>One [black, white] a channel; none where all are spread alike.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Ranges { get; init; } =
        ValueList.Create<IReadOnlyList<double>>([.. (Ranges ?? []).Select(static range => ValueList.Create([.. range]))]);

    /// <summary>Channels of a picture read so.</summary>
    public int ChannelCount => Request().Channels;

    /// <summary>The same for one picture.</summary>
    /// <exception cref="OptionException">Channels and ranges do not fit.</exception>
    public DecodeRequest Request()
    {
        if (RangeOf != RangeOf.Type && (Range is not null || Ranges.Count > 0))
            throw new OptionException("data.rangeOf", RangeOf.ToString().ToLowerInvariant(),
                $"and data.{(Range is null ? "ranges" : "range")} says the same in numbers", fix: "leave one of the two out");
        return new(Color, MaximumPixels: MaximumPixels, Background: BackgroundColor, Range: SampleRange, Bands: Bands);
    }

    /// <summary>The same with the range of the set in numbers, where it is asked for.</summary>
    /// <param name="pictures">The set.</param>
    public DataSettings For(IImageSource pictures)
    {
        if (RangeOf != RangeOf.Set || Range is not null || Ranges.Count > 0) return this;
        // what is the same everywhere becomes black
        SampleRange[] used = [.. FileTraits.Of(pictures, Request(), LookedAtForRange).Ranges
            .Select(static range => range.High > range.Low ? range : range with { High = range.Low + 1 })];
        return used.Length == 0 ? this with { RangeOf = RangeOf.Type }
            : Channels.Count == 0 ? this with { Range = new((float)used[0].Low, (float)used[0].High), RangeOf = RangeOf.Type }
            : this with { Ranges = [.. used.Select(static range => ValueList.Create([range.Low, range.High]))], RangeOf = RangeOf.Type };
    }

    /// <summary>As decoders take it.</summary>
    internal Rgb? BackgroundColor =>
        Background is null ? null : new Rgb((byte)Background[0], (byte)Background[1], (byte)Background[2]);

    /// <summary>The same with the range that pictures were opened with.</summary>
    internal DataSettings SpreadAs(DataSettings? opened) =>
        opened is null ? this : this with { Range = opened.Range, Ranges = opened.Ranges, RangeOf = opened.RangeOf };

    private const int LookedAtForRange = 256;

    private SampleRange? SampleRange => Range is { } range ? new SampleRange(range.Low, range.High)
        : RangeOf == RangeOf.Picture ? Imaging.Codecs.SampleRange.OfPicture : null;

    private BandSelection? Bands
    {
        get
        {
            if (Channels.Count == 0)
                return Ranges.Count == 0 ? null : throw new OptionException("data.ranges", Ranges.Count, "and data.channels names none",
                    fix: "name the files' bands in data.channels, or write one data.range for all");
            string[] used = [.. Channels.Where(static name => name != BandSelection.Unused)];
            if (used.Length == 0 || used.Distinct().Count() < used.Length)
                throw new OptionException("data.channels", string.Join(", ", Channels), "and a channel is named once",
                    fix: "write each band's name once, and _ for bands that are passed over");
            if (Ranges.Count > 0 && (Ranges.Count != used.Length || Ranges.Any(static pair => pair.Count != 2 || pair[0] >= pair[1])))
                throw new OptionException("data.ranges", Ranges.Count, $"and there are {used.Length} channels",
                    fix: "write one [black, white] for each channel, the lower number first");
            return new BandSelection(Channels, [.. Ranges.Select(static pair => new SampleRange(pair[0], pair[1]))]);
        }
    }
}
