using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Distillation;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Tests.Methods.Distillation;

/// <summary>Training steps of the methods that learn from a teacher, against their authors' code, restated.</summary>
public sealed class DistillationGoldenTests : TensorTest
{
    private static readonly JsonElement s_golden = Golden.Open("distillation");
    private static readonly int s_features = s_golden.Whole("features"), s_queue = s_golden.Whole("queue"),
        s_batch = s_golden.Whole("batch");

    private readonly string _teacher = Path.Combine(Directory.CreateTempSubdirectory("moco-teacher-").FullName, "teacher.safetensors");

    public static TheoryData<string, DType> Cases
    {
        get
        {
            TheoryData<string, DType> cases = [];
            foreach (string name in new[] { "seed", "compress", "feature-regression", "soft-labels" })
            {
                cases.Add(name, DType.Float64);
                cases.Add(name, DType.Float32);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Two_steps_match_the_reference(string name, DType precision)
    {
        int pictures = s_batch * s_golden.Whole("steps");
        TeacherFile.Write(_teacher, Fill.Inputs("teacher", pictures, s_features).ToArray<float>(), s_features, "the reference's");
        using Method method = MethodRegistry.Create(
            new MethodParts(new EncoderOptions("resnet18-small"), pictures, s_batch), Options(name));
        GoldenSteps.Fill(method, s_golden.Number("gain"), Filled);
        method.ConvertTo(precision);
        if (name == "seed") GoldenSteps.Set(method, "queue.keys", Fill.Directions("queue", s_queue, s_features));
        if (name == "compress")
        {
            GoldenSteps.Set(method, "queue.keys", Fill.Directions("student_queue", s_queue, 512));
            GoldenSteps.Set(method, "teacher_queue.keys", Fill.Directions("teacher_queue", s_queue, s_features));
        }
        using Optimizer sgd = new Sgd(ParameterGroup.Of(method.Parameters(), s_golden.Number("weightDecay"), decayNormsAndBiases: true),
            s_golden.Number("momentum"));
        JsonElement run = s_golden.GetProperty(name);
        GoldenSteps.Run(method, sgd, s_golden.Number("lr"), run, step => new Batch(
            [GoldenSteps.Pictures($"step{step}", s_batch, 3, s_golden.Whole("side"), precision)],
            [.. Enumerable.Range(step * s_batch, s_batch)], [.. Enumerable.Repeat(-1, s_batch)], 0, step), precision);
        GoldenSteps.CheckNorms(method, run, Reference, precision);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(Path.GetDirectoryName(_teacher)!, recursive: true);
    }

    private MethodOptions Options(string name) => name switch
    {
        "seed" => new SeedOptions(s_features, s_queue, s_golden.Number("temperature"), s_golden.Number("teacherTemperature"), _teacher),
        "compress" => new CompRessOptions(s_features, s_queue, s_golden.Number("compressTemperature"), s_golden.Number("keyMomentum"),
            _teacher),
        "feature-regression" => new FeatureRegressionOptions(s_features, Teacher: _teacher),
        _ => new SoftLabelsOptions(s_features, s_golden.Number("labelTemperature"), _teacher),
    };

    // the reference calls the network's parts encoder and head, and those of what follows target.encoder
    private static string Reference(string name) => name.StartsWith("student.encoder.", StringComparison.Ordinal)
        || name.StartsWith("student.head.", StringComparison.Ordinal) ? name["student.".Length..]
        : name.StartsWith("student.", StringComparison.Ordinal) ? $"encoder.{name["student.".Length..]}"
        : name.StartsWith("key.", StringComparison.Ordinal) ? $"target.encoder.{name["key.".Length..]}" : name;

    private static string Filled(string name) => Reference(name).Replace("target.", "", StringComparison.Ordinal);
}
