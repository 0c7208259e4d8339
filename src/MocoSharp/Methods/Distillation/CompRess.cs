using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Distillation;

/// <summary>CompRess: both networks remember the same pictures, each in its own space, and the student finds a picture as like to its
/// memory as the teacher does to its own.</summary>
/// <remarks>Koohpayegani, Tejankar and Pirsiavash 2020, arXiv:2010.14713, the form with two memories, as in UMBCvision/CompRess at cf33bab
/// with its cached teacher: no head, Kullback-Leibler divergence, memories written after they are read, the student's by a network that
/// follows it. Departure: memories start as random unit vectors instead of uniform numbers.</remarks>
[Method("compress", typeof(CompRessOptions))]
public sealed class CompRess : Method<CompRessStep>
{
    private readonly Encoder _student, _key;
    private readonly MomentumPair _pair;
    private readonly KeyQueue _own, _teachers;
    private readonly TeacherRows _teacher;
    private readonly CompRessOptions _options;

    /// <summary>Builds the student, what follows it, and both memories.</summary>
    public CompRess(MethodParts parts, CompRessOptions options)
    {
        _options = options.InBounds();
        _teacher = new TeacherRows(parts, options);
        _student = Register("student", parts.Encoder());
        _key = Register("key", parts.Encoder());
        _pair = new MomentumPair(leader: _student, follower: _key);
        _own = Register("queue", new KeyQueue(options.QueueLength, _student.Features));
        _teachers = Register("teacher_queue", new KeyQueue(options.QueueLength, options.TeacherFeatures));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _student;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _own.Fill };

    /// <inheritdoc/>
    public override CompRessStep Step(Batch batch)
    {
        Tensor student = Project(batch.View(0)), keys = NoGrad(() => Normalize(_key.Forward(batch.View(0))));          // [N, F]
        Tensor own = NoGrad(() => Normalize(_teacher.Of(batch, student)));                                            // [N, D]
        Tensor loss = SoftEntropy.Divergence(NoGrad(() => own.MatMul(_teachers.Keys.T) / _options.Temperature),
            student.MatMul(_own.Keys.T) / _options.Temperature);
        return new CompRessStep(loss, keys, own);
    }

    /// <inheritdoc/>
    protected override void Remember(CompRessStep step)
    {
        _own.Push(step.Keys);
        _teachers.Push(step.TeacherKeys);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.KeyMomentum);

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_student.Forward(pictures));
}

/// <summary>A step whose rows enter both memories.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Keys">[N, F], constants: the student's.</param>
/// <param name="TeacherKeys">[N, D], constants: the teacher's.</param>
public sealed record CompRessStep(Tensor Loss, Tensor Keys, Tensor TeacherKeys) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Keys, TeacherKeys];
}
