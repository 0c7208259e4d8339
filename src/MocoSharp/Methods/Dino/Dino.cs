using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Dino;

/// <summary>Self-distillation without labels: a student that sees all views must give what a teacher, its own moving average, gives for
/// another, global view.</summary>
/// <remarks>Caron et al. 2021, arXiv:2104.14294, Algorithm 1, as in facebookresearch/dino at 7c446df. The teacher is sharpened by a low
/// temperature and centered by a moving mean of its outputs, which together keep it from collapse. Departures: gradients are clipped all
/// together (<c>training.clipGradients</c>), not tensor by tensor; weight decay does not rise; while the last layer stands still, the
/// optimizer's moments keep what decay left in them.</remarks>
[Method("dino", typeof(DinoOptions))]
public sealed class Dino : Method<DinoStep>
{
    private readonly Encoder _encoder, _teacherEncoder;
    private readonly DinoHead _head, _teacherHead;
    private readonly MomentumPair _pair;
    private readonly Tensor _center;
    private readonly DinoOptions _options;

    /// <summary>Builds student, teacher and center.</summary>
    public Dino(Func<Encoder> encoders, DinoOptions options)
    {
        _options = options.InBounds();
        ProjectionNetwork student = Register("student", Network(encoders())), teacher = Register("teacher", Network(encoders()));
        ((_encoder, _head), (_teacherEncoder, _teacherHead)) = (Parts(student), Parts(teacher));
        _pair = new MomentumPair(leader: student, follower: teacher);
        _center = Buffer("center", Tensor.Zeros([1, options.Outputs]));
    }

    /// <summary>The teacher's, as in the paper: it is the better one all along (section 5.2).</summary>
    public override Encoder Encoder => _teacherEncoder;

    /// <inheritdoc/>
    public override Layer? Head => _teacherHead.Layers;

    /// <inheritdoc/>
    public override bool TakesLocalViews => true;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(_options.Outputs);

    /// <inheritdoc/>
    public override DinoStep Step(Batch batch)
    {
        bool frozen = Clock.Epoch < _options.FrozenEpochs;
        Tensor given = Functional.NoGrad(() => _teacherHead.Forward(MultiCrop.Features(_teacherEncoder, batch, Views)));     // [2 · N, K]
        Tensor targets = ((given - _center) / _options.TeacherTemperatureAt(Clock.Epoch)).Softmax(1);
        Tensor predicted = _head.Outputs(_head.Embed(MultiCrop.Features(_encoder, batch)), frozen);                          // [V · N, K]
        return new DinoStep(CrossViewEntropy.Loss(targets, predicted / _options.StudentTemperature, batch.Views),
            Functional.NoGrad(() => Peers.Mean(given.Mean([0], keepDim: true))));
    }

    /// <inheritdoc/>
    protected override void Remember(DinoStep step)
    {
        using GradMode off = GradMode.Off();
        _center.LerpInPlace(step.Mean, 1 - _options.CenterMomentum);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock)
    {
        // until it is free, the teacher's last layer is what the student's was: this undoes decay and the like
        if (clock.Epoch < _options.FrozenEpochs) _head.TakeOutputsOf(_teacherHead);
        _pair.Update(_options.TeacherMomentumAt(clock));
    }

    /// <inheritdoc/>
    public override void EncoderReplaced()
    {
        using (TensorScope.Begin())
            _encoder.Load(_teacherEncoder.State().ToDictionary(static item => item.Name, static item => item.Value));
        _pair.Restart();
    }

    /// <summary>Pictures to the space in front of the last layer, whose rows are the outputs' directions.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    public override Tensor Project(Tensor pictures) => _teacherHead.Embed(_teacherEncoder.Forward(pictures));

    private ProjectionNetwork Network(Encoder encoder) => new(encoder, new DinoHead(encoder.Features, _options));

    private static (Encoder Encoder, DinoHead Head) Parts(ProjectionNetwork network) => (network.Encoder, (DinoHead)network.Head);
}

/// <summary>A step whose teacher's outputs move the center.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Mean">[1, K]: the teacher's mean output over the global views, fp32, a constant.</param>
public sealed record DinoStep(Tensor Loss, Tensor Mean) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Mean];
}
