using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Distillation;

/// <summary>SEED: the student finds each picture as like to a queue of others as the teacher does.</summary>
/// <remarks>Fang et al. 2021, arXiv:2101.04731, eq. 1 to 4, as in jacobswan1/SEED at 81ff933: the queue holds the teacher's numbers, and
/// the picture's own stand before it. The student's head has one hidden layer as wide as the encoder's features. Departure: the teacher
/// sees each picture once, whole, and not the student's view.</remarks>
[Method("seed", typeof(SeedOptions))]
public sealed class Seed : Method<KeyStep>
{
    private readonly ProjectionNetwork _student;
    private readonly KeyQueue _queue;
    private readonly TeacherRows _teacher;
    private readonly SeedOptions _options;

    /// <summary>Builds the student and the queue.</summary>
    public Seed(MethodParts parts, SeedOptions options)
    {
        _options = options.InBounds();
        _teacher = new TeacherRows(parts, options);
        _student = Register("student", new ProjectionNetwork(parts.Encoder(),
            features => Heads.Mlp(features, [features], options.TeacherFeatures)));
        _queue = Register("queue", new KeyQueue(options.QueueLength, options.TeacherFeatures));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _student.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _student.Head;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(1 + _queue.Length);

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _queue.Fill };

    /// <inheritdoc/>
    public override KeyStep Step(Batch batch)
    {
        Tensor student = Project(batch.View(0)), own = NoGrad(() => Normalize(_teacher.Of(batch, student)));          // [N, D]
        Tensor teacher = NoGrad(() => Similarities(own, own) / _options.TeacherTemperature);
        return new KeyStep(SoftEntropy.Cross(teacher, Similarities(student, own) / _options.Temperature), own);
    }

    /// <inheritdoc/>
    protected override void Remember(KeyStep step) => _queue.Push(step.Keys);

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_student.Forward(pictures));

    // [N, 1 + K]: the picture itself as the teacher has it, then the queue
    private Tensor Similarities(Tensor rows, Tensor own) =>
        Cat([(rows * own).Sum(dim: 1, keepDim: true), rows.MatMul(_queue.Keys.T)], dim: 1);
}
