using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Combine;

/// <summary>Two methods teach one encoder: the sum of their losses, with a weight, goes back through it at once.</summary>
/// <remarks>Doersch and Zisserman 2017, arXiv:1708.07860, for several tasks at once. Each method has views, random numbers and state of its
/// own, as if it were alone; only the encoder is shared. A momentum encoder of one is not the other's.</remarks>
[Method("combine", typeof(CombineOptions))]
public sealed class Combined : Method<CombinedStep>
{
    private const int SecondUse = 1 << 16;            // no method draws so often
    private readonly Method _first, _second;
    private readonly CombineOptions _options;

    /// <summary>Builds both methods round one encoder.</summary>
    public Combined(MethodParts parts, CombineOptions options)
    {
        _options = options.Checked();
        _first = Register("first", MethodRegistry.Create(parts, options.First));
        try
        {
            MethodParts shared = new(parts.Options, parts.Pictures, parts.Batch) { Shared = _first.Encoder, Folder = parts.Folder };
            _second = Register("second", MethodRegistry.Create(shared, options.Second));
            if (ReferenceEquals(_second.Encoder, Encoder) && Encoder.Parameters().All(static p => p.Value.RequiresGrad)) return;
            throw new OptionException(nameof(CombineOptions.Second), MethodRegistry.NameOf(options.Second),
                "and it has several encoders, or a momentum encoder, which would be the shared one",
                fix: "put it first, and a predictive method, such as rotation, second");
        }
        catch
        {
            Dispose();          // what does not fit shows when parts of it are there already
            throw;
        }
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _first.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _first.Head;

    /// <inheritdoc/>
    public override int Views => _first.Views + _second.Views;

    /// <inheritdoc/>
    public override IReadOnlyList<int>? ViewChannels => _first.ViewChannels is null && _second.ViewChannels is null ? null
        : [.. ChannelsOf(_first), .. ChannelsOf(_second)];

    /// <inheritdoc/>
    public override double? ChanceLoss => _first.ChanceLoss + _options.Weight * _second.ChanceLoss;

    /// <inheritdoc/>
    public override bool WantsPriming => _first.WantsPriming || _second.WantsPriming;

    /// <inheritdoc/>
    public override string? RisingLoss => _first.RisingLoss ?? _second.RisingLoss;

    /// <inheritdoc/>
    public override bool CanValidate => _first.CanValidate && _second.CanValidate;

    /// <inheritdoc/>
    public override bool LearnsFromLabels => _first.LearnsFromLabels || _second.LearnsFromLabels;

    /// <inheritdoc/>
    public override bool KeepsRate(string parameter) => Own(parameter, _first) is { } first && _first.KeepsRate(first)
        || Own(parameter, _second) is { } second && _second.KeepsRate(second);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => Joined(_first.Measures(), _second.Measures());

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures) => [.. _first.Warnings(pictures), .. _second.Warnings(pictures)];

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
        _first.CheckViews([.. views.Take(_first.Views)], channels);
        _second.CheckViews([.. views.Skip(_first.Views)], channels);
    }

    /// <inheritdoc/>
    public override CombinedStep Step(Batch batch)
    {
        StepResult first = _first.Step(OfFirst(batch)), second = _second.Step(OfSecond(batch));
        Dictionary<string, double> measures = Joined(first.Measures ?? new Dictionary<string, double>(),
            second.Measures ?? new Dictionary<string, double>());
        measures["first_loss"] = first.Loss.Detach().ToDouble();
        measures["second_loss"] = second.Loss.Detach().ToDouble();
        return new CombinedStep(first.Loss + second.Loss * _options.Weight, first, second, measures);
    }

    /// <inheritdoc/>
    public override void Prime(Batch batch)
    {
        if (_first.WantsPriming) _first.Prime(OfFirst(batch));
        if (_second.WantsPriming) _second.Prime(OfSecond(batch));
    }

    /// <inheritdoc/>
    protected override void Remember(CombinedStep step)
    {
        _first.AfterBackward(step.First);
        _second.AfterBackward(step.Second);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock)
    {
        _first.AfterUpdate(clock);
        _second.AfterUpdate(clock);
    }

    /// <inheritdoc/>
    public override void EncoderReplaced()
    {
        _first.EncoderReplaced();
        _second.EncoderReplaced();
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => _first.Project(pictures);

    /// <summary>A parameter's name within one of the two; null where it is the other's.</summary>
    private static string? Own(string parameter, Method method) =>
        parameter.StartsWith(method.Name + ".", StringComparison.Ordinal) ? parameter[(method.Name.Length + 1)..] : null;

    private Batch OfFirst(Batch batch) => batch.Part(0, _first.Views, firstUse: 0);

    private Batch OfSecond(Batch batch) => batch.Part(_first.Views, _second.Views, SecondUse);

    private IEnumerable<int> ChannelsOf(Method method) => method.ViewChannels ?? Enumerable.Repeat(Encoder.Options.Channels, method.Views);

    /// <summary>Both, where one name may be in both: the second one's then says so.</summary>
    private static Dictionary<string, double> Joined(IReadOnlyDictionary<string, double> first, IReadOnlyDictionary<string, double> second)
    {
        Dictionary<string, double> both = new(first);
        foreach ((string name, double value) in second) both[both.ContainsKey(name) ? $"second_{name}" : name] = value;
        return both;
    }
}

/// <summary>A step of two methods.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="First">What the first method made of its views.</param>
/// <param name="Second">What the second one made of its own.</param>
/// <param name="Measures">Those of both, and each one's loss.</param>
public sealed record CombinedStep(Tensor Loss, StepResult First, StepResult Second, IReadOnlyDictionary<string, double> Measures)
    : StepResult(Loss, Measures)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, .. First.Tensors, .. Second.Tensors];
}
