using System.Text.Json;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Methods.Distillation;

/// <summary>What a teacher made of all pictures to learn from: a safetensors file with one tensor <c>teacher</c>, [N, D] in fp32, a row a
/// picture in the data set's order. A picture that it could not read is a row of NaN.</summary>
public static class TeacherFile
{
    /// <summary>What methods look for in the run's folder.</summary>
    public const string Name = "teacher.safetensors";

    private const string Rows = "teacher", Teacher = "teacher", Classes = "classes";

    /// <summary>Writes one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">[N, D], row by row.</param>
    /// <param name="features">D.</param>
    /// <param name="teacher">What the teacher is, for people.</param>
    /// <param name="classes">D names where the rows are logits of a classifier; null elsewhere.</param>
    public static void Write(string path, float[] rows, int features, string teacher, IReadOnlyList<string>? classes = null)
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, string> head = new() { [Teacher] = teacher };
        if (classes is not null) head[Classes] = JsonSerializer.Serialize(classes);
        Safetensors.Write(path, [(Rows, Tensor.From(rows, rows.LongLength / features, features))], head);
    }

    /// <summary>The names of the teacher's classes; null where it is no classifier.</summary>
    /// <exception cref="TorchException">MS1007: the file is damaged.</exception>
    public static IReadOnlyList<string>? ClassesOf(string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        return file.Metadata.TryGetValue(Classes, out string? text) ? JsonSerializer.Deserialize<string[]>(text) : null;
    }

    /// <summary>All rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">N that there must be.</param>
    /// <param name="features">D that there must be.</param>
    /// <exception cref="MocoException">MS5220: it is not there, or of other pictures or another teacher.</exception>
    internal static float[] Read(string path, int pictures, int features)
    {
        if (!File.Exists(path))
            throw new MocoException(ErrorIds.NoTeacher, "the method learns from a teacher, and what it made of the pictures is not there",
                at: path, fix: "let the teacher look at them first: moco distil --teacher … --data … --run FOLDER");
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Safetensors.Open(path);
        if (!file.Names.Contains(Rows))
            throw new MocoException(ErrorIds.NoTeacher, $"the file holds no tensor '{Rows}'", at: path,
                fix: "name a file that moco distil wrote (method.teacher), or make it anew with moco distil");
        IReadOnlyList<long> shape = file.PlaceOf(Rows).Shape;
        if (shape is not [long n, long d] || n != pictures || d != features)
            throw new MocoException(ErrorIds.NoTeacher, $"the teacher's file holds [{string.Join(", ", shape)}] numbers, and there are "
                + $"{pictures} pictures, for which method.teacherFeatures is {features}", at: path,
                fix: "train on the pictures that the teacher saw, or let it look again: moco distil --teacher … --data … --run FOLDER");
        return file[Rows].To(DType.Float32).Contiguous().ToArray<float>();
    }
}
