using System.Globalization;

namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>A file that <c>torch.save</c> wrote: <c>.pt</c>, <c>.pth</c>, <c>.th</c>, <c>.tar</c>; the zip archive of PyTorch 1.6 and
/// later, or the older form.</summary>
/// <remarks>Only tensors and plain containers are read, and nothing of the file is run. Tensors that share a storage, are transposed, or
/// lay on a graphics card come as they were. Memory is bounded by the file's own length.</remarks>
public sealed class TorchFile : IDisposable
{
    private const int DeepestContainer = 32, MostValues = 64;
    private readonly TorchStorages _storages;
    private readonly Dictionary<string, PickledTensor> _tensors = [];
    private readonly Dictionary<string, string> _values = [];
    private readonly List<string> _names = [];
    private long _budget;

    private TorchFile(TorchStorages storages, object? root, long length)
    {
        (_storages, _budget) = (storages, length);
        Walk(root, "", 0);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="TorchException">MS5191: it is damaged, or none of PyTorch's. MS5192: it asks for an object of a program, which is
    /// named.</exception>
    public static TorchFile Open(string path)
    {
        try
        {
            TorchStorages storages = TorchStorages.Open(path, out object? root);
            try
            {
                return new TorchFile(storages, root, new FileInfo(path).Length);
            }
            catch
            {
                storages.Dispose();
                throw;
            }
        }
        catch (TorchException error) when (error.At is null)
        {
            throw new TorchException(error.Id, error.Message, at: path, fix: error.Fix, inner: error);
        }
    }

    /// <summary>The tensors' names in the file's order: the keys and positions that lead to them, joined by dots.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Texts and numbers beside the tensors, such as <c>epoch</c> and <c>arch</c>: the first few.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>A tensor's sizes.</summary>
    public IReadOnlyList<long> ShapeOf(string name) => _tensors[name].Shape;

    /// <summary>A tensor's element type.</summary>
    public DType TypeOf(string name) => _tensors[name].Storage.Type;

    /// <summary>One tensor, in the layout that it was saved in. It keeps its storage in memory while it lives.</summary>
    /// <exception cref="TorchException">MS5191: its numbers are not there.</exception>
    public Tensor this[string name] => _storages.Read(_tensors[name]);

    /// <summary>Closes the file; tensors read before stay usable.</summary>
    public void Dispose() => _storages.Dispose();

    private void Walk(object? value, string name, int depth)
    {
        // a container that is held by many others is met once each: no more than the file has bytes
        if (_budget-- <= 0 || depth > DeepestContainer) throw ForeignFile.Damaged("its containers hold each other again and again");
        switch (value)
        {
            case PickledTensor tensor:
                if (_tensors.TryAdd(name, tensor)) _names.Add(name);
                break;
            case PickledDictionary dictionary:
                foreach ((object? key, object? inner) in dictionary.Items) Walk(inner, Joined(name, TextOf(key) ?? "?"), depth + 1);
                break;
            case PickledList list:
                for (int i = 0; i < list.Items.Count; i++) Walk(list.Items[i], Joined(name, TextOf((long)i)!), depth + 1);
                break;
            case PickledTuple tuple:
                for (int i = 0; i < tuple.Items.Length; i++) Walk(tuple.Items[i], Joined(name, TextOf((long)i)!), depth + 1);
                break;
            default:
                if (_values.Count < MostValues && TextOf(value) is { } text) _values.TryAdd(name, text);
                break;
        }
    }

    private string Joined(string name, string key)
    {
        _budget -= name.Length / 4;
        return name.Length == 0 ? key : $"{name}.{key}";
    }

    private static string? TextOf(object? value) => value switch
    {
        string or long or double or bool => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
