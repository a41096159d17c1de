using System;
using System.Globalization;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Specification.Schema;
using Google.Protobuf.Collections;

namespace CoreMLQuant.Specification.Text;

/// <summary>
/// Reads a program: <c>program(1.0) [attributes] { func NAME&lt;OPSET&gt;(TYPE NAME, ...) [attributes] { operations } -&gt; (NAME, ...); }</c>.
/// Functions of one name in several opsets are specializations of one function, which runs the first of them.
/// </summary>
internal sealed class ProgramReader
{
    // 1.3 is what Xcode 26 writes; it differs from 1.0 in scalars' types, which are written without 'tensor<>'.
    private const int KnownMajor = 1, KnownMinor = 3;

    private readonly TokenReader _tokens;
    private readonly TypeReader _types;
    private readonly ValueReader _values;
    private readonly BlockReader _blocks;

    private ProgramReader(TextSource source, DetachedPayloads? payloads, string folder, CancellationToken cancellationToken)
    {
        _tokens = new TokenReader(source);
        _types = new TypeReader(_tokens);
        _values = new ValueReader(_tokens, _types, payloads, folder);
        _blocks = new BlockReader(_tokens, _types, _values, cancellationToken);
    }

    /// <summary>Reads a program.</summary>
    /// <param name="text">The text as UTF-8.</param>
    /// <param name="file">Full path of the file that it stands in, for errors.</param>
    /// <param name="payloads">Takes large values; without it, they stay in the messages.</param>
    /// <param name="folder">
    /// Where the text's weight files are, relative to the model's folder and with <c>/</c> at its end: that of a stage of a pipeline. References get it.
    /// </param>
    /// <param name="cancellationToken">Stops reading, between operations.</param>
    /// <exception cref="CoreMLFormatException">The text is no program, is cut off, or is of a version that is not known.</exception>
    public static Program Read(ReadOnlyMemory<byte> text, string file, DetachedPayloads? payloads = null, string folder = "", CancellationToken cancellationToken = default) =>
        new ProgramReader(new TextSource(text, file), payloads, folder, cancellationToken).Read();

    private Program Read()
    {
        _tokens.Expect("program");
        var program = new Program { Version = Version() };
        _blocks.Attributes(program.Attributes.ContainsKey, program.Attributes.Add);
        TextToken open = _tokens.Current;
        _tokens.Expect('{');
        while (!_tokens.Take('}'))
        {
            Function(program.Functions);
        }

        if (program.Functions.Count == 0)
        {
            throw _tokens.Malformed("the program has no function.", open);
        }

        return _tokens.Current.Kind == TextTokenKind.End ? program : throw _tokens.Surplus();
    }

    private int Version()
    {
        _tokens.Expect('(');
        TextToken token = _tokens.Expect(TextTokenKind.Number, "a version");
        string text = _tokens.TextOf(token);
        string[] parts = text.Split('.');
        if (parts.Length != 2 || !Number(parts[0], out int major) || !Number(parts[1], out int minor))
        {
            throw _tokens.Malformed($"'{text}' is not a version.", token);
        }

        if (major != KnownMajor || minor > KnownMinor)
        {
            throw _tokens.Newer($"the program's version is {text}; known are {KnownMajor}.0 to {KnownMajor}.{KnownMinor}.", token);
        }

        _tokens.Expect(')');
        return major;
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private void Function(MapField<string, Function> functions)
    {
        _tokens.Expect("func");
        TextToken start = _tokens.Current;
        string name = _tokens.ExpectName();
        _tokens.Count(2);
        var function = new Function();
        _tokens.Expect('<');
        function.Opset = Opset();
        _tokens.Expect('>');
        _tokens.Expect('(');
        _blocks.Inputs(function.Inputs);
        _blocks.Attributes(function.Attributes.ContainsKey, function.Attributes.Add);
        function.BlockSpecializations.Add(function.Opset, _blocks.Body());
        _tokens.Expect(';');
        if (!functions.TryGetValue(name, out Function? first))
        {
            functions.Add(name, function);
            return;
        }

        if (first.BlockSpecializations.ContainsKey(function.Opset) || !first.Inputs.Equals(function.Inputs))
        {
            throw _tokens.Malformed($"the function '{name}' is there already.", start);
        }

        first.BlockSpecializations.Add(function.Opset, function.BlockSpecializations[function.Opset]);
    }

    private string Opset()
    {
        TextToken token = _tokens.Current;
        string text = _tokens.ExpectName();
        return token.Kind == TextTokenKind.String ? text : OpsetNames.Read(text) ?? throw _tokens.Newer($"the opset '{text}' is not known.", token);
    }
}
