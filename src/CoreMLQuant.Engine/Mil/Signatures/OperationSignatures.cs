using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CoreMLQuant.Mil.Signatures;

/// <summary>
/// What each operation of each opset takes, from mil-op-types.tsv beside this file: a dump of coremltools' registry
/// of operations, one group of rows for each opset in which a signature changed.
/// </summary>
internal static class OperationSignatures
{
    // Opset CoreML5 came with iOS 15, CoreML6 with iOS 16 and so on; CoreML9 with iOS 26.
    private const int OpsetBehindIos = 10;

    private static readonly Lazy<Dictionary<string, List<OperationSignature>>> Table = new(Load);

    /// <summary>The signature of an operation in an opset: the newest one not newer than the opset.</summary>
    /// <param name="operationType">E.g. <c>conv</c>.</param>
    /// <param name="opset">Number of the opset, 7 for CoreML7.</param>
    /// <returns><see langword="null"/> when the operation is not known in that opset.</returns>
    public static OperationSignature? Find(string operationType, int opset)
    {
        if (Table.Value.TryGetValue(operationType, out List<OperationSignature>? signatures))
        {
            for (int i = signatures.Count - 1; i >= 0; i--)
            {
                if (signatures[i].FirstOpset <= opset)
                {
                    return signatures[i];
                }
            }
        }

        return null;
    }

    /// <summary>Whether an operation is known in any opset.</summary>
    public static bool IsKnown(string operationType) => Table.Value.ContainsKey(operationType);

    /// <summary>The names of an operation's parameters in all opsets.</summary>
    public static IEnumerable<string> ParameterNames(string operationType) =>
        Table.Value.TryGetValue(operationType, out List<OperationSignature>? signatures)
            ? signatures.SelectMany(signature => signature.Parameters).Select(parameter => parameter.Name).Distinct()
            : [];

    private static Dictionary<string, List<OperationSignature>> Load()
    {
        using Stream stream = typeof(OperationSignatures).Assembly.GetManifestResourceStream("mil-op-types.tsv")!;
        using var reader = new StreamReader(stream);
        reader.ReadLine(); // op, first_opset, param, const, optional, kind, domain, dtypes
        var table = new Dictionary<string, List<OperationSignature>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            string[] columns = line.Split('\t');
            int opset = int.Parse(columns[1].Substring("iOS".Length), CultureInfo.InvariantCulture);
            opset = opset >= 26 ? 9 : opset - OpsetBehindIos;
            if (!table.TryGetValue(columns[0], out List<OperationSignature>? signatures))
            {
                table.Add(columns[0], signatures = []);
            }

            if (signatures.Count == 0 || signatures[signatures.Count - 1].FirstOpset != opset)
            {
                signatures.Add(new OperationSignature(columns[0], opset));
            }

            signatures[signatures.Count - 1].Add(new OperationParameter(
                columns[2],
                IsConst: columns[3] == "const",
                IsOptional: columns[4] == "optional",
                IsValue: columns[5] is not ("PyFunction" or "Internal"),
                Domain: columns[6],
                columns[7] == "-" ? [] : columns[7].Split(',')));
        }

        return table;
    }
}

/// <summary>What an operation takes, from an opset on.</summary>
internal sealed class OperationSignature(string operationType, int firstOpset)
{
    private readonly Dictionary<string, OperationParameter> _parameters = new(StringComparer.Ordinal);

    /// <summary>The operation's type.</summary>
    public string OperationType { get; } = operationType;

    /// <summary>Number of the first opset with this signature.</summary>
    public int FirstOpset { get; } = firstOpset;

    /// <summary>All parameters.</summary>
    public Dictionary<string, OperationParameter>.ValueCollection Parameters => _parameters.Values;

    /// <summary>A parameter, or <see langword="null"/>.</summary>
    public OperationParameter? Parameter(string name) => _parameters.TryGetValue(name, out OperationParameter? parameter) ? parameter : null;

    /// <summary>Adds a parameter while the table is read.</summary>
    public void Add(OperationParameter parameter) => _parameters[parameter.Name] = parameter;
}

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsConst">Whether it must be known when the model is compiled.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
/// <param name="IsValue">Whether it is a value of the program; otherwise a block, or the content of a constant.</param>
/// <param name="Domain">Letter shared by parameters whose types must agree; empty where it stands alone.</param>
/// <param name="Types">Element types it admits, in MIL's spelling (<c>fp16</c>); empty where any type will do.</param>
internal sealed record OperationParameter(string Name, bool IsConst, bool IsOptional, bool IsValue, string Domain, IReadOnlyList<string> Types)
{
    /// <summary>Whether FP16 may stand here.</summary>
    public bool AdmitsFloat16 { get; } = Types.Count == 0 || Types.Contains("fp16");
}
