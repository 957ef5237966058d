package dev.sluice.api;

import org.springframework.web.reactive.socket.CloseStatus;

/**
 * Why a WebSocket is closed: Piston's codes and words, and one of the IANA's registry.
 */
enum Closing {

	/** What a server says that ends; another may be there. */
	SERVICE_RESTART(1012, "Service Restart"),

	ALREADY_INITIALIZED(4000, "Already Initialized"), INITIALIZATION_TIMEOUT(4001, "Initialization Timeout"),
	NOTIFIED_ERROR(4002, "Notified Error"), NOT_YET_INITIALIZED(4003, "Not yet initialized"),
	ONLY_STDIN(4004, "Can only write to stdin"), INVALID_SIGNAL(4005, "Invalid signal"),
	JOB_COMPLETED(4999, "Job Completed");

	private final int code;

	private final String reason;

	Closing(int code, String reason) {
		this.code = code;
		this.reason = reason;
	}

	CloseStatus status() {
		return new CloseStatus(this.code, this.reason);
	}

}
