using MocoSharp.Methods;
using MocoSharp.Methods.Distillation;

namespace MocoSharp.Tests.Methods.Distillation;

/// <summary>What the mathematics demands of the methods that learn from a teacher, and what becomes of a teacher's file that does not
/// fit.</summary>
public sealed class DistillationTests : TensorTest
{
    private const int N = 8, D = 6, K = 24;
    private readonly string _folder = Directory.CreateTempSubdirectory("moco-teacher-").FullName;

    private string TeachersFile => Path.Combine(_folder, TeacherFile.Name);

    // where the head gives 0 for every picture: ln(1 + K), no cosine, τ² ln C
    [Theory, InlineData("seed", 3.218876), InlineData("feature-regression", 2), InlineData("soft-labels", 7.167038)]
    public void A_silent_student_has_the_loss_of_the_formula(string name, double expected)
    {
        Teach();
        using Method method = Create(name);
        using (GradMode.Off())
            foreach ((string parameter, Tensor value) in method.Parameters())
                if (!parameter.Contains("encoder.", StringComparison.Ordinal)) value.ZeroInPlace();
        Assert.Equal(expected, method.Step(Tiny.Batch(N, views: 1)).Loss.ToDouble(), tolerance: 1e-4);
        if (method.ChanceLoss is { } chance) Assert.Equal(expected, chance, tolerance: 1e-4);
    }

    [Fact]
    public void A_student_that_says_what_the_teacher_says_has_no_divergence_and_the_teachers_entropy()
    {
        Tensor logits = Fill.Inputs("logits", N, D) * 3;
        Assert.Equal(0, SoftEntropy.Divergence(logits, logits + 5).ToDouble(), tolerance: 1e-6);
        double entropy = -(logits.Softmax(1) * logits.LogSoftmax(1)).Sum(dim: 1).Mean().ToDouble();
        Assert.Equal(entropy, SoftEntropy.Cross(logits, logits + 5).ToDouble(), tolerance: 1e-5);
        Assert.True(SoftEntropy.Divergence(logits, -logits).ToDouble() > 0.1);
        Assert.True(SoftEntropy.Cross(logits, -logits).ToDouble() > entropy + 0.1);
    }

    [Fact]
    public void CompRess_asks_nothing_of_a_student_whose_memory_and_rows_are_the_teachers()
    {
        Tensor own = Tiny.UnitRows("own", N, 64), memory = Tiny.UnitRows("memory", K, 64);
        TeacherFile.Write(TeachersFile, own.ToArray<float>(), 64, "itself");
        using CompRess method = (CompRess)Create("compress", features: 64);
        GoldenSteps.Set(method, "queue.keys", memory);
        GoldenSteps.Set(method, "teacher_queue.keys", memory);
        Assert.True(method.Step(Tiny.Batch(N, views: 1)).Loss.ToDouble() > 1e-3);
        Tensor student = method.Project(Tiny.Batch(N, views: 1).View(0));
        TeacherFile.Write(Path.Combine(_folder, "student.safetensors"), student.Detach().ToArray<float>(), 64, "the student");
        using CompRess same = (CompRess)Create("compress", features: 64, file: "student.safetensors");
        using (GradMode.Off())
            foreach (((string Name, Tensor Value) to, (string Name, Tensor Value) from) in same.State().Zip(method.State()))
                to.Value.CopyFrom(from.Value);
        Assert.Equal(0, same.Step(Tiny.Batch(N, views: 1)).Loss.ToDouble(), tolerance: 1e-5);
    }

    [Theory, InlineData("seed"), InlineData("compress")]
    public void Queues_take_the_rows_after_they_were_read(string name)
    {
        Teach();
        using Method method = Create(name);
        Tensor keys = method.State().Single(static item => item.Name.EndsWith("queue.keys", StringComparison.Ordinal)
            && item.Value.Size(1) == D).Value;
        float[] before = keys.ToArray<float>();
        StepResult step = method.Step(Tiny.Batch(N, views: 1));
        Assert.Equal(before, keys.ToArray<float>());
        method.AfterBackward(step);
        Tolerance.Close(Functional.Normalize(Fill.Inputs("teacher", N, D)).ToArray<float>(), keys.Narrow(0, 0, N).ToArray<float>(), 1e-6);
        Assert.Equal(before[(N * D)..], keys.ToArray<float>()[(N * D)..]);
    }

    [Theory, InlineData("seed"), InlineData("compress"), InlineData("feature-regression"), InlineData("soft-labels")]
    public void A_teacher_that_is_missing_of_other_pictures_or_could_not_read_one_is_told(string name)
    {
        using Method method = Create(name);
        string Told(float[]? rows, int features)
        {
            if (rows is not null) TeacherFile.Write(TeachersFile, rows, features, "test");
            using Method fresh = Create(name);
            MocoException error = Assert.Throws<MocoException>(() => fresh.Step(Tiny.Batch(N, views: 1)));
            Assert.Equal(ErrorIds.NoTeacher, error.Id);
            Assert.Contains("moco distil --teacher", error.Fix, StringComparison.Ordinal);
            return error.Message;
        }
        Assert.Contains("is not there", Told(null, 0), StringComparison.Ordinal);
        Assert.Contains($"[{N + 1}, {D}]", Told(new float[(N + 1) * D], D), StringComparison.Ordinal);
        Assert.Contains($"[{N}, {D - 1}]", Told(new float[N * (D - 1)], D - 1), StringComparison.Ordinal);
        float[] unread = Fill.Inputs("teacher", N, D).ToArray<float>();
        unread.AsSpan(3 * D, D).Fill(float.NaN);
        Assert.Contains("nothing for picture 3", Told(unread, D), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_classes_are_kept_with_logits()
    {
        TeacherFile.Write(TeachersFile, [1, 2, 3, 4], 2, "test", ["owl, barn", "fox"]);
        Assert.Equal(["owl, barn", "fox"], TeacherFile.ClassesOf(TeachersFile)!);
        Teach();
        Assert.Null(TeacherFile.ClassesOf(TeachersFile));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_folder, recursive: true);
    }

    private void Teach() => TeacherFile.Write(TeachersFile, Fill.Inputs("teacher", N, D).ToArray<float>(), D, "test");

    private Method Create(string name, int features = D, string file = TeacherFile.Name) => MethodRegistry.Create(
        new MethodParts(Tiny.EncoderOptions, N, N) { Folder = _folder }, name switch
        {
            "seed" => new SeedOptions(features, K, Teacher: file),
            "compress" => new CompRessOptions(features, K, Teacher: file),
            "feature-regression" => new FeatureRegressionOptions(features, Teacher: file),
            _ => new SoftLabelsOptions(features, Temperature: 2, file),
        });
}
