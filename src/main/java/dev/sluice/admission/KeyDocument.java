package dev.sluice.admission;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import jakarta.validation.Valid;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotEmpty;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;

/**
 * What a file with clients' keys says.
 *
 * @param keys the keys
 */
record KeyDocument(@NotEmpty(message = "is missing, or empty") List<@Valid KeyProperties> keys) {

	/**
	 * Reads a file's bytes.
	 * @param bytes YAML, or JSON
	 * @param validator tells what is wrong with it
	 * @return the keys
	 * @throws IllegalArgumentException with what is wrong, in words without secrets
	 */
	static List<KeyProperties> read(byte[] bytes, Validator validator) {
		KeyDocument document = bind(bytes);
		String wrong = validator.validate(document)
			.stream()
			.map((violation) -> violation.getPropertyPath() + " " + violation.getMessage())
			.sorted()
			.collect(Collectors.joining("; "));
		if (!wrong.isEmpty()) {
			throw new IllegalArgumentException(wrong);
		}
		return document.keys();
	}

	private static KeyDocument bind(byte[] bytes) {
		MutablePropertySources sources = new MutablePropertySources();
		try {
			new YamlPropertySourceLoader().load("keys", new ByteArrayResource(bytes)).forEach(sources::addLast);
			return new Binder(ConfigurationPropertySources.from(sources)).bindOrCreate("",
					Bindable.of(KeyDocument.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		}
		catch (MarkedYAMLException ex) {
			// Its message would quote the file.
			throw new IllegalArgumentException("line " + (ex.getProblemMark().getLine() + 1) + " is no YAML");
		}
		catch (BindException ex) {
			throw new IllegalArgumentException(explain(ex));
		}
		catch (YAMLException | IllegalStateException | IOException ex) {
			throw new IllegalArgumentException("it is no YAML");
		}
	}

	/** The cause's message may quote the file, too. */
	private static String explain(BindException failure) {
		if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
			return unknown.getUnboundProperties()
				.stream()
				.map((property) -> property.getName().toString())
				.collect(Collectors.joining(" and ", "", " is not known"));
		}
		return Objects.toString(failure.getName(), "keys") + " can't be read";
	}

}
