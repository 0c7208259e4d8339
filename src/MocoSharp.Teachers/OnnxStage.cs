using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MocoSharp.Torch;

namespace MocoSharp.Teachers;

/// <summary>One ONNX model: a float32 tensor in, a float32 tensor out.</summary>
internal sealed class OnnxStage : IDisposable
{
    private const string PreprocessingKey = "preprocessing";
    private readonly string _file, _input, _output;
    private readonly InferenceSession _session;
    private readonly int[] _shape;

    private OnnxStage(string file, InferenceSession session, string input, int[] shape, string output) =>
        (_file, _session, _input, _shape, _output) = (file, session, input, shape, output);

    /// <summary>The pictures' side where it is fixed; null where it is not.</summary>
    internal int? Side => _shape is [_, _, var height, var width] ? (IsChannelsLast ? (Known(_shape[1])) : Known(Math.Min(height, width)))
        : null;

    /// <summary>Whether channels come last.</summary>
    internal bool IsChannelsLast => _shape is [_, not (1 or 3), _, 1 or 3];

    /// <summary>What <c>moco export</c> wrote of what the encoder expects to see; null where another program made the model.</summary>
    internal string? Preprocessing => _session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(PreprocessingKey);

    /// <summary>Opens a model.</summary>
    /// <param name="file">An ONNX file.</param>
    /// <param name="output">The output's name; null for its only one.</param>
    /// <exception cref="MocoException">MS5221.</exception>
    internal static OnnxStage Open(string file, string? output)
    {
        if (!File.Exists(file)) throw Refused(file, "there is no such file", "name an ONNX file: --teacher onnx:FILE");
        InferenceSession session;
        try
        {
            using SessionOptions options = new()
            {
                IntraOpNumThreads = Runtime.Threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            session = new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refused(file, $"ONNX Runtime cannot open it: {error.Message}", "take another copy, or another model", error);
        }
        try
        {
            KeyValuePair<string, NodeMetadata>[] inputs = [.. session.InputMetadata];
            if (inputs is not [{ Value: { IsTensor: true } input }] || input.ElementType != typeof(float))
                throw Refused(file, $"it takes {Told(session.InputMetadata)}, and a teacher takes one tensor of float32",
                    "take a model whose only input is the pictures");
            KeyValuePair<string, NodeMetadata>[] outputs = [.. session.OutputMetadata.Where(one => output is null || one.Key == output)];
            if (outputs is not [{ Value: { IsTensor: true } given }] || given.ElementType != typeof(float))
                throw Refused(file, $"it gives {Told(session.OutputMetadata)}" + (output is null ? "" : $", and none is '{output}'"),
                    "name one that is float32: --teacher-output NAME");
            return new OnnxStage(file, session, inputs[0].Key, input.Dimensions, outputs[0].Key);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs it, in parts where the model fixes how many it takes at once.</summary>
    internal DenseTensor<float> Run(DenseTensor<float> values)
    {
        int count = values.Dimensions[0], atOnce = _shape.Length > 0 && _shape[0] > 0 ? _shape[0] : count;
        if (atOnce == count) return Once(values);
        int size = checked((int)(values.Length / count));
        List<float> all = [];
        int[] shape = [];
        for (int first = 0; first < count; first += atOnce)
        {
            float[] part = new float[atOnce * size];                // a last part that is too short is filled with zeros
            int there = Math.Min(atOnce, count - first);
            values.Buffer.Span.Slice(first * size, there * size).CopyTo(part);
            DenseTensor<float> given = Once(new DenseTensor<float>(part, [atOnce, .. values.Dimensions[1..].ToArray()]));
            shape = [count, .. given.Dimensions[1..].ToArray()];
            all.AddRange(given.Buffer.Span[..checked((int)(given.Length / atOnce * there))]);
        }
        return new DenseTensor<float>(all.ToArray(), shape);
    }

    public void Dispose() => _session.Dispose();

    internal MocoException Refused(string what, string fix, Exception? inner = null) => Refused(_file, what, fix, inner);

    private DenseTensor<float> Once(DenseTensor<float> values)
    {
        try
        {
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> given =
                _session.Run([NamedOnnxValue.CreateFromTensor(_input, values)], [_output]);
            DenseTensor<float> output = given[0].AsTensor<float>().ToDenseTensor();
            return output.Rank >= 2 && output.Dimensions[0] == values.Dimensions[0] ? output
                : throw Refused($"it gives [{string.Join(", ", output.Dimensions.ToArray())}] for {values.Dimensions[0]} pictures",
                "take a model that gives a row a picture");
        }
        catch (OnnxRuntimeException error)
        {
            throw Refused($"it does not take [{string.Join(", ", values.Dimensions.ToArray())}]: {error.Message}",
                "name the side of its pictures: --teacher-size 224", error);
        }
    }

    private static int? Known(int side) => side > 0 ? side : null;

    private static string Told(IReadOnlyDictionary<string, NodeMetadata> values) => string.Join(", ", values.Select(static one =>
        $"'{one.Key}' {one.Value.ElementType?.Name} [{string.Join(", ", one.Value.Dimensions)}]"));

    private static MocoException Refused(string file, string what, string fix, Exception? inner = null) =>
        new(ErrorIds.NotATeacher, $"the file cannot be a teacher: {what}", at: file, fix: fix, inner: inner);
}
