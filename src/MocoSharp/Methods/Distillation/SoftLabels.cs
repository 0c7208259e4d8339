using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Distillation;

/// <summary>The student learns the probabilities that a classifier gives to pictures that nobody labeled.</summary>
/// <remarks>Chen et al. 2020, arXiv:2006.10029 (SimCLR v2), section 2, step 3, eq. 2, with a teacher that was fine-tuned on few labels;
/// Hinton, Vinyals and Dean 2015, arXiv:1503.02531, whose factor τ² keeps the gradient's size. Departure: the teacher sees each picture
/// once, whole, and not the student's view.</remarks>
[Method("soft-labels", typeof(SoftLabelsOptions))]
public sealed class SoftLabels : Method
{
    private readonly ProjectionNetwork _student;
    private readonly TeacherRows _teacher;
    private readonly SoftLabelsOptions _options;

    /// <summary>Builds the student and its classifier.</summary>
    public SoftLabels(MethodParts parts, SoftLabelsOptions options)
    {
        _options = options.InBounds();
        _teacher = new TeacherRows(parts, options);
        _student = Register("student", new ProjectionNetwork(parts.Encoder(),
            features => Heads.Mlp(features, [], options.TeacherFeatures)));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _student.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _student.Head;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override double? ChanceLoss => _options.Temperature * _options.Temperature * Math.Log(_options.TeacherFeatures);

    /// <inheritdoc/>
    public override bool CanValidate => false;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        double temperature = _options.Temperature;
        Tensor student = _student.Forward(batch.View(0)), teacher = _teacher.Of(batch, student);                     // [N, C]
        Tensor loss = SoftEntropy.Cross(teacher / temperature, student / temperature) * (temperature * temperature);
        return new StepResult(loss, new Dictionary<string, double> { ["agreement"] = Pretext.Share(student, teacher.ArgMax(1)) });
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_student.Forward(pictures));
}
